"""How many finished messages a second come out of a template, and what making it costs.

    bin/manage shell < tests/bench/newsletter_mould.py

One process, no database and no mail server: only what `newsletter.delivery.message_template` does for each subscriber. Beside
it, what Django's own message takes to be built and turned into bytes with the same parts.
"""

import time
import uuid

from django.core.mail import EmailMultiAlternatives

from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.message_template import MessageTemplate
from newsletter.subscribers.links import subscriber_token
from tests.newsletter.digests import changed, digest_of, full_digest
from tests.newsletter.factories import issue_of

MESSAGES, BUILT = 50_000, 500


def per_second(count, work):
    start = time.perf_counter()
    for number in range(count):
        work(number)
    return count / (time.perf_counter() - start)


def built_by_django(issue_email):
    def work(number):
        key = uuid.UUID(int=number)
        message = EmailMultiAlternatives(
            issue_email.subject, issue_email.text_for(key), to=[f"reader-{number}@example.org"]
        )
        message.attach_alternative(issue_email.html_for(key), "text/html")
        message.message().as_bytes()

    return work


def spliced(template):
    def work(number):
        own = uuid.UUID(int=number)
        template.bytes_for(email=f"reader-{number}@example.org", key=own, delivery_id=own)

    return work


def main():
    busy = digest_of(changed=tuple(changed(n, reasons=("word " * 50,)) for n in range(1, 40)))
    print(
        f"signing a token {per_second(MESSAGES, lambda n: subscriber_token(uuid.UUID(int=n))):,.0f}/s"
    )
    for what, digest in [("one of everything", full_digest()), ("a busy week", busy)]:
        issue_email = IssueEmail(issue_of(number=12, intro="**Hello.** " * 20), digest)
        start = time.perf_counter()
        template = MessageTemplate(issue_email)
        made = (time.perf_counter() - start) * 1000
        own = uuid.UUID(int=1)
        size = len(template.bytes_for(email="a@example.org", key=own, delivery_id=own)) / 1000
        print(
            f"{what:18} {size:5.0f} kB: template made in {made:4.0f} ms, then "
            f"{per_second(MESSAGES, spliced(template)):8,.0f} messages/s; "
            f"built by Django {per_second(BUILT, built_by_django(issue_email)):5,.0f}/s"
        )


main()
