"""What is known of a message after it was offered to the mail server."""

from dataclasses import dataclass
from enum import StrEnum


class DeliveryResult(StrEnum):
    ACCEPTED = "accepted"  # a 2xx reply to the final dot
    REFUSED = "refused"  # 5xx: for good
    DEFERRED = "deferred"  # 4xx: this recipient, later
    NOT_TAKEN = "not taken"  # the connection ended before the server had taken it; no fault of the recipient's
    UNKNOWN = "unknown"  # it ended between the final dot and the reply


@dataclass(frozen=True)
class Outcome:
    """`code` and `words` are the server's last reply. `of_recipient`: RCPT was what it refused.

    `is_lost`: the connection is of no use any more.
    """

    result: DeliveryResult
    code: int | None = None
    words: str = ""
    of_recipient: bool = False
    is_lost: bool = False
