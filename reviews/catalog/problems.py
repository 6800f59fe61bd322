"""The problems of a catalogue file, collected over the whole of it."""

from collections.abc import Iterable

from web.json_document import BadDocument

MOST_PROBLEMS = 1000


class Problems:
    """Sentences on what is wrong with a file, at most MOST_PROBLEMS of them."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.sentences)

    def add(self, sentences: Iterable[str]) -> None:
        """Add `sentences`; raise BadDocument, which says only that, as soon as there are too many."""
        for sentence in sentences:
            if len(self.sentences) == MOST_PROBLEMS:
                raise BadDocument([f"The check stopped here, after {MOST_PROBLEMS:,} problems."])
            self.sentences.append(sentence)
