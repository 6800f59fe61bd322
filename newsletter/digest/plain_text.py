"""Words that somebody typed, made fit for one line of a mail."""

import re
import unicodedata

# Marks that turn the direction of what follows them, beyond their own word.
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
LONGEST_REASON = 280


def one_line(text):
    """`text` without line breaks, control characters and marks that turn the writing's direction."""
    visible = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in TURNS.sub("", text)
    )
    return " ".join(visible.split())


def shortened(text, longest=LONGEST_REASON):
    """One line of at most `longest` characters, cut between words where there are some."""
    line = one_line(text)
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    at_a_word = cut.rsplit(" ", 1)[0]
    return f"{at_a_word if len(at_a_word) > longest // 2 else cut}…"
