"""The rankings: one over all tools or of a category, and the first places of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from pages.categories import categories_with_tools
from reviews.models import RANKED_FROM
from tools.models import Category, Tool
from votes import models
from votes.interval import percent_interval
from votes.rankings.figures import RANKINGS, TOP
from votes.rankings.models import Rank, Ranking
from votes.rankings.queries import listed_ranks

FIRST_PLACES = 5
COLUMNS = {
    Ranking.PANEL: ["Panel score", "Corrected"],
    Ranking.COMMUNITY: ["Community ship"],
    Ranking.DIVISIVE: ["Spread", "Lowest to highest"],
    Ranking.GAP: ["Gap", "Panel ship", "Community ship"],
}
SORTS = {
    Ranking.PANEL: "score",
    Ranking.COMMUNITY: "community",
    Ranking.DIVISIVE: "divisive",
}
TITLES = {
    Ranking.PANEL: "ranked by the panel",
    Ranking.COMMUNITY: "ranked by the community",
    Ranking.DIVISIVE: "that divide the panel most",
    Ranking.GAP: "on which panel and community disagree most",
}


@dataclass(frozen=True)
class Cell:
    figure: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Row:
    """A tool with its rank; `notes` are its status, and of what the rank is made: "4 reviews"."""

    rank: Rank
    notes: Sequence[str]
    cells: Sequence[Cell]

    @property
    def tool(self) -> Tool:
        return self.rank.ranked_tool.tool


@dataclass(frozen=True)
class Table:
    """A ranking, or its first places. Without rows, too few tools have what a rank takes."""

    ranking: Ranking
    rows: Sequence[Row]

    @property
    def columns(self) -> Sequence[str]:
        return COLUMNS[self.ranking]

    @property
    def meaning(self) -> str:
        """The template that says what a rank means."""
        return f"pages/rankings/meaning_{self.ranking}.html"

    @property
    def title(self) -> str:
        return f"Tools {TITLES[self.ranking]}"

    @property
    def among(self) -> int:
        """How many tools have a rank, listed or not."""
        return max((row.rank.among for row in self.rows), default=0)

    @property
    def is_cut(self) -> bool:
        return self.among > TOP

    @property
    def moved(self) -> int:
        """How many of the listed tools have another place by the corrected score."""
        return sum(bool(row.rank.rise) for row in self.rows)


@dataclass(frozen=True)
class RankingPage:
    """`computed_at` is None until the job has run once. An overview has the first places of every ranking."""

    tables: Sequence[Table]
    categories: Sequence[Category]
    computed_at: datetime | None
    category: Category | None = None

    rankings = Ranking
    min_reviews = RANKED_FROM
    min_votes = models.RANKED_FROM

    @property
    def table(self) -> Table:
        return self.tables[0]

    @property
    def title(self) -> str:
        subject = self.category.name if self.category else "AI tools"
        return f"{subject} {TITLES[self.table.ranking]}"

    @property
    def directory_url(self) -> str:
        """All tools in the order of the ranking; "" where the directory has no such order."""
        sort = SORTS.get(self.table.ranking)
        if sort is None:
            return ""
        category = {"category": self.category.slug} if self.category else {}
        return reverse("tool_list", query={"sort": sort, **category})

    @property
    def shared_reviewers(self) -> int:
        return settings.BOTTOM_LINE_MIN_REVIEWERS


def build_overview() -> RankingPage:
    ranks = list(listed_ranks().filter(category=None, place__lte=FIRST_PLACES))
    tables = [
        _table(ranking, [row for row in ranks if row.ranking == ranking]) for ranking in Ranking
    ]
    return _page(tables)


def build_ranking(ranking: Ranking, category: Category | None) -> RankingPage:
    table = _table(ranking, listed_ranks().filter(ranking=ranking, category=category))
    return _page([table], category)


def _page(tables: Sequence[Table], category: Category | None = None) -> RankingPage:
    return RankingPage(tables, categories_with_tools(), RANKINGS.computed_at(), category)


def _table(ranking: Ranking, ranks: Iterable[Rank]) -> Table:
    return Table(ranking, [_row(rank) for rank in ranks])


def _row(rank: Rank) -> Row:
    ranking, tool = Ranking(rank.ranking), rank.ranked_tool
    reviews = ngettext("%(count)d review", "%(count)d reviews", tool.reviews)
    votes = ngettext("%(count)d vote", "%(count)d votes", tool.votes)
    basis: dict[Ranking, list[str]] = {
        Ranking.PANEL: [reviews % {"count": tool.reviews}],
        Ranking.COMMUNITY: [votes % {"count": tool.votes}],
        Ranking.DIVISIVE: [reviews % {"count": tool.reviews}],
        Ranking.GAP: [],
    }
    status = [] if tool.tool.status == Tool.Status.ACTIVE else [tool.tool.get_status_display()]
    return Row(rank, status + basis[ranking], CELLS[ranking](rank))


def _by_panel(rank: Rank) -> list[Cell]:
    tool = rank.ranked_tool
    return [
        Cell(f"{tool.score}", [f"{tool.score_low}–{tool.score_high}"]),
        Cell(f"{tool.corrected_score}", _corrected_place(rank)),
    ]


def _corrected_place(rank: Rank) -> list[str]:
    place = gettext("place %(place)d") % {"place": rank.corrected_place}
    rise = rank.rise or 0
    if rise > 0:
        return [place, gettext("up %(places)d") % {"places": rise}]
    return [place, gettext("down %(places)d") % {"places": -rise}] if rise < 0 else [place]


def _by_community(rank: Rank) -> list[Cell]:
    tool = rank.ranked_tool
    low, high = percent_interval(tool.ships or 0, tool.votes)
    return [Cell(f"{tool.ship_percent}%", [f"{low}–{high}%"])]


def _by_spread(rank: Rank) -> list[Cell]:
    tool = rank.ranked_tool
    return [Cell(f"{tool.spread}"), Cell(f"{tool.lowest} to {tool.highest}")]


def _by_gap(rank: Rank) -> list[Cell]:
    tool = rank.ranked_tool
    ships = gettext("%(ships)d of %(all)d")
    return [
        Cell(f"{abs(tool.gap)}"),
        Cell(f"{tool.panel_percent}%", [ships % {"ships": tool.panel_ships, "all": tool.reviews}]),
        Cell(f"{tool.ship_percent}%", [ships % {"ships": tool.ships, "all": tool.votes}]),
    ]


CELLS: dict[Ranking, Callable[[Rank], list[Cell]]] = {
    Ranking.PANEL: _by_panel,
    Ranking.COMMUNITY: _by_community,
    Ranking.DIVISIVE: _by_spread,
    Ranking.GAP: _by_gap,
}
