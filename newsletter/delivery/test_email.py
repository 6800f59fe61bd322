"""A test email: an issue sent to the member of staff who works on it, with a marked subject.

The message has the same content as a subscriber's. It creates no delivery, and its personal links belong
to no subscriber, so they cannot unsubscribe anybody.
"""

import email.policy
import uuid
from email import message_from_bytes
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.models import User
from accounts.rate_limits import Bucket, consume
from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.message_template import MessageTemplate

SUBJECT_PREFIX = "[Test] "
AT_ONCE, PER_HOUR = 10, 30  # for each member of staff
# Subscribers have random keys (version 4), so none has this one.
NO_SUBSCRIBER_KEY = uuid.UUID(int=0)


class TooManyTests(Exception):
    """This member of staff has reached the limit of test emails."""


def send_test_email(*, issue_email: IssueEmail, staff: User) -> None:
    """Send the test to `staff`. Raises TooManyTests, ValueError for an invalid address, or OSError."""
    if consume([Bucket(f"newsletter-test:{staff.pk}", AT_ONCE, PER_HOUR)]):
        raise TooManyTests
    issue_email.subject = SUBJECT_PREFIX + issue_email.subject
    content = MessageTemplate(issue_email).bytes_for(
        email=staff.email, key=NO_SUBSCRIBER_KEY, delivery_id=uuid.uuid4()
    )
    PrebuiltMessage(content, to=staff.email).send()


class PrebuiltMessage(EmailMessage):
    """A message whose bytes already exist; Django's backend sends them unchanged."""

    def __init__(self, content: bytes, *, to: str) -> None:
        super().__init__(from_email=settings.NEWSLETTER_FROM, to=[to])
        self.content = content

    def message(self, *, policy: Any = email.policy.default) -> Any:
        return PrebuiltBytes(self.content)


class PrebuiltBytes:
    """The part of `email.message.EmailMessage` that Django's mail backends use."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def as_bytes(self) -> bytes:
        return self._content

    def __getitem__(self, header: str) -> str | None:
        return message_from_bytes(self._content, policy=email.policy.default)[header]
