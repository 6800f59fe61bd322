"""An issue sent to the member of staff who works on it: the same bytes as subscribers get, marked as a test.

Nothing of it is a delivery, and its links are nobody's: none of them can unsubscribe a reader.
"""

import email.policy
import uuid
from email import message_from_bytes

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.rate_limits import Bucket, consume
from newsletter.delivery.message_template import MessageTemplate

MARK = "[Test] "
AT_ONCE, PER_HOUR = 10, 30  # for each member of staff
# No subscriber has it: keys are random (version 4).
NOBODYS_KEY = uuid.UUID(int=0)


class TooMany(Exception):
    """This member of staff sent so many tests that they have to wait."""


def send_test_email(*, issue_email, staff):
    """Raises TooMany; ValueError for an address that cannot be written to; OSError, as smtplib does."""
    if consume([Bucket(f"newsletter-test:{staff.pk}", AT_ONCE, PER_HOUR)]):
        raise TooMany
    issue_email.subject = MARK + issue_email.subject
    content = MessageTemplate(issue_email).bytes_for(
        email=staff.email, key=NOBODYS_KEY, delivery_id=uuid.uuid4()
    )
    PrebuiltMessage(content, to=staff.email).send()


class PrebuiltMessage(EmailMessage):
    """A message whose bytes are there already; Django's mailer hands them over as they are."""

    def __init__(self, content, *, to):
        super().__init__(from_email=settings.NEWSLETTER_FROM, to=[to])
        self.content = content

    def message(self, *, policy=email.policy.default):
        return _Finished(self.content)


class _Finished:
    def __init__(self, content):
        self._content = content

    def as_bytes(self):
        return self._content

    def __getitem__(self, header):
        return message_from_bytes(self._content, policy=email.policy.default)[header]
