"""Logs as JSON, for programs: one object a line, in ASCII, with times in UTC."""

import json
from datetime import UTC, datetime
from logging import Formatter, LogRecord
from typing import Any

from web.log_context import ids_of
from web.logs import LONGEST_CLIENT_ERROR, redact


class JsonFormatter(Formatter):
    """Write a record with the request or job that it belongs to. A traceback is in `exception`.

    As in the text log, what the client did wrong is short and has no traceback.
    """

    def format(self, record: LogRecord) -> str:
        is_of_client = getattr(record, "status_code", 500) < 500
        message = redact(record.getMessage())
        fields = _heading(record) | {
            "message": message[:LONGEST_CLIENT_ERROR] if is_of_client else message
        }
        fields |= ids_of(record)
        if hasattr(record, "status_code"):
            fields["status"] = record.status_code
        if record.exc_info and not is_of_client:
            fields["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(fields, default=str)


class JsonAccessFormatter(Formatter):
    """Write what gunicorn says of a request, and nobody's address, browser, Referer, cookie or query."""

    def format(self, record: LogRecord) -> str:
        atoms: Any = record.args
        fields = _heading(record) | {
            "request_id": atoms["{x-request-id}o"],
            "method": atoms["m"],
            "path": redact(str(atoms["U"])),
            "view": atoms["{site.view}e"],
            "status": int(atoms["s"]),
            "bytes": atoms["B"],
            "duration_ms": round(atoms["D"] / 1000, 1),
        }
        return json.dumps(fields)


def _heading(record: LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {"time": at, "level": record.levelname, "logger": record.name}
