"""The result of sending one message to the mail server."""

from dataclasses import dataclass
from enum import StrEnum


class DeliveryResult(StrEnum):
    ACCEPTED = "accepted"  # a 2xx reply to the final dot
    REJECTED = "rejected"  # a 5xx reply: permanent
    DEFERRED = "deferred"  # a 4xx reply: try this recipient again later
    INTERRUPTED = (
        "interrupted"  # the connection failed before the message; not the recipient's fault
    )
    UNKNOWN = "unknown"  # the connection failed between the final dot and the reply


@dataclass(frozen=True)
class Outcome:
    """`code` and `reply` are the server's last reply. `is_recipient_refusal`: it refused RCPT.

    `connection_lost`: the connection cannot be used any more.
    """

    result: DeliveryResult
    code: int | None = None
    reply: str = ""
    is_recipient_refusal: bool = False
    connection_lost: bool = False
