from dataclasses import dataclass

from tools.models import Tool


@dataclass(frozen=True)
class BookmarkButton:
    """One tool's bookmark button, for everyone or for the reader who bookmarked it."""

    tool: Tool
    is_bookmarked: bool = False
    message: str = ""
