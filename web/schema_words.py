"""What the schemas of `docs/` do not allow, in words: their patterns are regular expressions."""

import jsonschema_rs

_DATE = "is not a date from the years 1000 to 2999, such as 2026-10-01"
_MOMENT = "is not a time with seconds, such as 2026-10-01T12:00:00Z"
_ADDRESS = "is not a web address that begins with http:// or https://"
# {pattern: what to say of a text that does not match it}
PATTERNS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "is not a slug: lower-case letters (a-z), digits and single hyphens",
    r"^[hH][tT][tT][pP][sS]?://[^\s]+$": _ADDRESS,
    r"^$|^[hH][tT][tT][pP][sS]?://[^\s]+$": _ADDRESS,
    r"^[12][0-9]{3}-": _DATE,
    r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]": _MOMENT,
    r"^[A-Za-z0-9+/]+={0,2}$": "is not base64",
    r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$": "is not a UUID in lower-case letters",
    r"\S": "is blank",
}
# {pattern: what to say of a text that matches it, and must not}
REFUSED_PATTERNS = {
    r"(^|-)vs(-|$)": "has “vs” as a word, which separates the tools in the address of a comparison",
}
FORMATS = {"date": _DATE, "date-time": _MOMENT}

_Kind = jsonschema_rs.ValidationErrorKind


def error_words(error: jsonschema_rs.ValidationError) -> str:
    """Return what is wrong with a value: the sentence begins with it, and has no full stop."""
    match error.kind:
        case _Kind.Pattern(pattern=pattern):
            value = error.message.removesuffix(f' does not match "{pattern}"')
            return f"{value} {PATTERNS[pattern]}"
        case _Kind.Format(format=name):
            value = error.message.removesuffix(f' is not a "{name}"')
            return f"{value} {FORMATS[name]}"
        case _Kind.Not(schema={"pattern": str(pattern)}):
            _, _, value = error.message.partition(" is not allowed for ")
            return f"{value} {REFUSED_PATTERNS[pattern]}"
    return error.message
