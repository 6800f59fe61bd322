"""How many finished messages a second come out of a mould, and what making it costs.

    bin/manage shell < tests/bench/newsletter_mould.py

One process, no database and no mail server: only what `newsletter.message` does for each subscriber. Beside
it, what Django's own message takes to be built and turned into bytes with the same parts.
"""

import time
import uuid

from django.core.mail import EmailMultiAlternatives

from newsletter.letter import Letter
from newsletter.links import subscriber_token
from newsletter.message import Mould
from tests.newsletter.digests import changed, digest_of, full_digest
from tests.newsletter.making import issue_of

MESSAGES, BUILT = 50_000, 500


def per_second(count, work):
    start = time.perf_counter()
    for number in range(count):
        work(number)
    return count / (time.perf_counter() - start)


def built_by_django(letter):
    def work(number):
        key = uuid.UUID(int=number)
        message = EmailMultiAlternatives(
            letter.subject, letter.text_for(key), to=[f"reader-{number}@example.org"]
        )
        message.attach_alternative(letter.html_for(key), "text/html")
        message.message().as_bytes()

    return work


def spliced(mould):
    def work(number):
        own = uuid.UUID(int=number)
        mould.bytes_for(email=f"reader-{number}@example.org", key=own, delivery_id=own)

    return work


def main():
    busy = digest_of(changed=tuple(changed(n, reasons=("word " * 50,)) for n in range(1, 40)))
    print(
        f"signing a token {per_second(MESSAGES, lambda n: subscriber_token(uuid.UUID(int=n))):,.0f}/s"
    )
    for what, digest in [("one of everything", full_digest()), ("a busy week", busy)]:
        letter = Letter(issue_of(number=12, intro="**Hello.** " * 20), digest)
        start = time.perf_counter()
        mould = Mould(letter)
        made = (time.perf_counter() - start) * 1000
        own = uuid.UUID(int=1)
        size = len(mould.bytes_for(email="a@example.org", key=own, delivery_id=own)) / 1000
        print(
            f"{what:18} {size:5.0f} kB: mould made in {made:4.0f} ms, then "
            f"{per_second(MESSAGES, spliced(mould)):8,.0f} messages/s; "
            f"built by Django {per_second(BUILT, built_by_django(letter)):5,.0f}/s"
        )


main()
