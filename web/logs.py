"""What is written to logs: no secrets, and one line for each record.

The addresses of private links and feeds hold a secret. A person who reads a log must not be able to use it.
"""

import logging
import re
import unicodedata

# A part of a path that no slug could be: 40 or more characters that are not all of a-z, 0-9, "." and "-". The secrets
# of the site have 43 characters or more. deploy/nginx/http.conf has the same rule.
SECRET = re.compile(r"/(?=[a-z0-9.-]*[^a-z0-9.\-/\s\"'?])[^/\s\"'?]{40,}")
# What ends a line, moves the cursor of a terminal, turns the direction of a text, or cannot be encoded.
CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# A client that sends nonsense must not fill a log with it.
LONGEST_CLIENT_ERROR = 500


def redact(text: str) -> str:
    return SECRET.sub("/…", text)


def on_one_line(text: str) -> str:
    r"""Write control characters and line separators as Python does: "\n"."""
    if text.isprintable():
        return text
    return "".join(
        repr(char)[1:-1] if unicodedata.category(char) in CONTROL else char for char in text
    )


class RedactingFormatter(logging.Formatter):
    """Write each record on one line; with `keep_lines` a traceback stays readable, for a developer's terminal.

    Django gives a record about a request the status of the answer. What the client did wrong has no traceback: it
    would say nothing about the site.
    """

    def __init__(self, *arguments: object, keep_lines: bool = False, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.keep_lines = keep_lines

    def formatMessage(self, record: logging.LogRecord) -> str:
        return on_one_line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "status_code", 500) < 500:
            text = redact(super().format(_without_traceback(record)))[:LONGEST_CLIENT_ERROR]
        else:
            text = redact(super().format(record))
        return text if self.keep_lines else on_one_line(text)


def _without_traceback(record: logging.LogRecord) -> logging.LogRecord:
    values = record.__dict__ | {"exc_info": None, "exc_text": None, "stack_info": None}
    return logging.makeLogRecord(values)
