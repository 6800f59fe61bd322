"""Clean user-entered text for one line of an email."""

import re
import unicodedata

# Bidirectional control characters, which change the direction of the text that follows.
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
MAX_REASON = 280


def one_line(text: str) -> str:
    """Return `text` without line breaks, control characters and bidirectional controls."""
    visible = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in BIDI_CONTROLS.sub("", text)
    )
    return " ".join(visible.split())


def shortened(text: str, limit: int = MAX_REASON) -> str:
    """Return one line of at most `limit` characters, cut between words if possible."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    whole_words = cut.rsplit(" ", 1)[0]
    return f"{whole_words if len(whole_words) > limit // 2 else cut}…"
