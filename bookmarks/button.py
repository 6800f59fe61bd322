from dataclasses import dataclass

from tools.models import Tool


@dataclass(frozen=True)
class BookmarkButton:
    """One tool's bookmark button: a link for everyone, and with a reader's own `token` a form."""

    tool: Tool
    is_bookmarked: bool = False
    token: str = ""
    message: str = ""
