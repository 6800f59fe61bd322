"""What a CSV import would change in a row, marked by <ins> and <del> only: the library's own needs inline styles."""

from typing import Any

from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export import resources


class MarkedDiff(resources.Diff):
    """The columns that differ. What two texts have in common is looked for at both ends only.

    That costs the same per character, however different the texts are.
    """

    def __init__(self, resource: resources.Resource, instance: Model, new: bool) -> None:
        super().__init__(resource, instance, new)
        self.columns = resource.get_diff_headers()

    def as_html(self) -> list[tuple[str, SafeString]]:  # type: ignore[override]  # the template is ours
        """Return [(column, difference)], without the unchanged columns."""
        left: Any = [""] * len(self.columns) if self.new else self.left
        return [
            (column, mark_difference(str(old), str(new)))
            for column, old, new in zip(self.columns, left, self.right, strict=True)
            if old != new and column != "ledger_reason"
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
