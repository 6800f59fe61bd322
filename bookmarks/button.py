from dataclasses import dataclass


@dataclass(frozen=True)
class BookmarkButton:
    """A tool's bookmark button, for everyone or for the reader who bookmarked it: values that `{% component %}` takes."""

    slug: str
    name: str
    is_bookmarked: bool = False
    message: str = ""
