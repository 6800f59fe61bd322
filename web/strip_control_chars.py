import re

# Characters that Postgres stores and XML 1.0 does not allow.
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def strip_control_chars(text: str) -> str:
    """Return `text` without the characters that would make a feed invalid XML."""
    return NOT_IN_XML.sub("", text)
