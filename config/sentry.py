"""Errors to Sentry, or a server that speaks its protocol, where SENTRY_DSN names one. Nothing of a reader is sent."""

import re
from typing import Any

from web.log_context import REQUEST_ID
from web.logs import redact

# An address in the text of an error: of a person, or of their network.
ADDRESS = re.compile(r"[^\s@<>\"'(]{1,64}@[^\s@<>\"')]{1,255}|\b\d{1,3}(?:\.\d{1,3}){3}\b")
OF_REQUESTS = {"method", "url"}


def start_sentry(dsn: str, release: str) -> None:
    """Report errors that nobody handled, and what is logged as an error."""
    # Not imported without a DSN: it changes how other libraries work.
    import sentry_sdk  # noqa: PLC0415
    from sentry_sdk.integrations.django import DjangoIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        send_default_pii=False,
        include_local_variables=False,  # a function's variables hold addresses and votes
        max_breadcrumbs=0,  # statements and earlier log lines
        max_request_body_size="never",
        before_send=without_personal_data,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(middleware_spans=False, signals_spans=False)],
        auto_session_tracking=False,
        send_client_reports=False,
    )


def without_personal_data(event: Any, hint: Any) -> Any:
    """Return the event with method and path of the request only, and with no address in its texts."""
    request = event.get("request", {})
    event["request"] = {name: request[name] for name in OF_REQUESTS & request.keys()}
    if url := event["request"].get("url"):
        event["request"]["url"] = redact(str(url).partition("?")[0])
    for key in ("user", "extra", "breadcrumbs"):
        event.pop(key, None)
    if request_id := REQUEST_ID.get():
        event["tags"] = {"request_id": request_id}
    for error in event.get("exception", {}).get("values", []):
        error["value"] = _without_addresses(str(error.get("value", "")))
    if entry := event.pop("logentry", None):
        text = str(entry.get("formatted") or entry.get("message", ""))
        event["logentry"] = {"message": _without_addresses(text)}
    return event


def _without_addresses(text: str) -> str:
    return ADDRESS.sub("…", redact(text))
