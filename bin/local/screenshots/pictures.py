"""The pictures: who sees which page, and how much of it is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

WIDTH = 1280
BAD_CSV = (
    "slug,name,status,status_date,ledger_reason\n"
    "ollama,Ollama,paused,01/11/2026,Paused by its makers.\n"
    "chroma,Chroma,maybe,,\n"
    "chroma,Chroma,active,,\n"
)


@dataclass(frozen=True)
class Picture:
    """A page as one member of staff sees it; `staff` is empty for a reader.

    `go` leads from the first page to what is shown. `top` is a selector of the first element that is shown, and
    `height` is in CSS pixels.
    """

    name: str
    staff: str
    path: str
    height: int
    go: Callable[[Page], None] = lambda page: None
    top: str = "body"


def _open_tool(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("link", name=name, exact=True).first.click()


def _write_review(page: Page) -> None:
    _open_tool("Amp")(page)
    page.get_by_role("link", name="Write your review").click()


def _open_draft(page: Page) -> None:
    page.locator("#result_list tbody th a").first.click()


def _upload(page: Page) -> None:
    file = {"name": "tools.csv", "mimeType": "text/csv", "buffer": BAD_CSV.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    page.get_by_role("button", name="Show differences").click()
    page.get_by_role("heading", name="Nothing was imported").wait_for()


PICTURES = [
    Picture("comparison", "", "/compare/deepeval-vs-langfuse/", 960),
    Picture("start-page", "edda", "/admin/", 640),
    Picture(
        "scorecard",
        "paul",
        "/admin/tools/tool/?q=smolagents",
        760,
        _open_tool("smolagents"),
        ".admin-line >> nth=2",
    ),
    Picture("own-review", "rosa", "/admin/tools/tool/?q=amp", 760, _write_review),
    Picture("reviews-due", "edda", "/admin/reviews/review/due/", 560),
    Picture(
        "burst",
        "paul",
        "/admin/votes/vote/?tool=ollama&time=2026-11-02T14:00:00Z/2026-11-02T15:00:00Z",
        760,
    ),
    Picture("issue-items", "edda", "/admin/newsletter/issue/", 720, _open_draft, ".admin-items"),
    Picture("csv-errors", "edda", "/admin/tools/tool/import/", 560, _upload),
]
