"""What a CSV import would change in a row, marked by <ins> and <del> only: the library's own needs inline styles."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString


def row_difference(
    columns: Sequence[str], old: Sequence[object], new: Sequence[object]
) -> list[tuple[str, SafeString]]:
    """Return [(column, difference)], without the unchanged columns.

    What two texts have in common is looked for at both ends only. That costs the same per character, however
    different the texts are.
    """
    return [
        (column, mark_difference(str(before), str(after)))
        for column, before, after in zip(columns, old, new, strict=True)
        if before != after
    ]


def mark_difference(old: str, new: str) -> SafeString:
    """Return `new` with what it lacks of `old` in <del>, and what `old` lacks in <ins>."""
    start = _common_length(old, new)
    end = _common_length(old[start:][::-1], new[start:][::-1])
    removed, added = (text[start : len(text) - end] for text in (old, new))
    return format_html(
        "{}{}{}{}",
        new[:start],
        format_html("<del>{}</del>", removed) if removed else "",
        format_html("<ins>{}</ins>", added) if added else "",
        new[len(new) - end :],
    )


def _common_length(one: str, other: str) -> int:
    """Return how many characters both texts begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
