"""Ids of rows as strangers and hand-typed addresses write them."""

# Fewer digits than the largest bigint: any such number fits the database's type.
MAX_DIGITS = 18


def parse_row_id(text: str) -> int | None:
    """Return the number that `text` writes, or None if no row can have it as its id."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None
