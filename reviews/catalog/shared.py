"""The rows that the tools of a catalogue file refer to."""

from collections.abc import Set
from dataclasses import dataclass

from reviews.models import Reviewer
from tools.models import Category, FactKind


@dataclass(frozen=True)
class Shared:
    """What the tools of a file refer to, by slug."""

    categories: dict[str, Category]
    kinds: dict[str, FactKind]
    reviewers: dict[str, Reviewer]
    # The ids of all tools of the file. New ones have theirs before they are written, so that a tool can
    # name a successor that comes later in the file.
    ids: dict[str, int]
    # The ids of those that are not in the database yet: nothing refers to them there.
    new_ids: Set[int]
