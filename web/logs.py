"""Redaction of the secrets in addresses: a person who reads a log must not be able to use them."""

import logging
import re

SECRET = re.compile(
    r"(/bookmarks/(?:transfer|feed)/|/newsletter/(?:confirm|unsubscribe|one-click|preferences)/)"
    r"[^/\s\"'?]{20,}"
)


def redact(text: str) -> str:
    return SECRET.sub(r"\1…", text)


class RedactingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
