"""Addresses of servers, such as postgres://user:password@host:5432/name, checked before they are parsed.

A password with "@", "/", "#" or "?" in it moves the borders of an address: what follows would be taken for the host,
the path or nothing, and an error of the parser would print a part of the password.
"""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from environs import ValidationError

ADDRESS = re.compile(r"[a-z+]+://(?:[^@/#?\s]*@)?[^@/#?\s]*(?:/[^@#?\s]*)?(?:\?[^@#\s]*)?")
UNESCAPED_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def split_server_address(
    address: str, *, schemes: Collection[str], example: str, is_path_allowed: bool = True
) -> SplitResult:
    """Return the parts of the address. Raises ValidationError, whose message has no part of it."""
    if not address.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValidationError(f"It does not begin as {example} does.")
    if not ADDRESS.fullmatch(address) or UNESCAPED_PERCENT.search(address):
        raise ValidationError(
            "A user, password or name has to be escaped: write @ as %40, / as %2F, # as %23, ? as %3F, % as %25."
        )
    try:
        parts = urlsplit(address)
        port = parts.port  # raises ValueError
    except ValueError:
        raise ValidationError(f"The host or port is not valid: write it as in {example}.") from None
    if port == 0 or (parts.path.strip("/") and not is_path_allowed):
        raise ValidationError(f"Write nothing after the host and port: {example}.")
    return parts
