import re

# What Postgres stores and XML 1.0 has no place for.
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def strip_control_chars(text: str) -> str:
    """`text` without the characters that would make a feed unreadable."""
    return NOT_IN_XML.sub("", text)
