"""Reads the figures from the API, and rounds them as pages do: half away from zero."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import floor

from tests.forms.figures import (
    Community,
    Comparison,
    Difference,
    Fact,
    Pair,
    Rank,
    Ranking,
    Review,
    Tool,
)

BASES = {
    "hands_on": "Hands-on",
    "first_look": "First look",
    "documentation": "Documentation only",
}
ENTRIES = {
    "free": "Free",
    "open_source": "Open source",
    "freemium": "Freemium",
    "trial": "Trial",
    "paid": "Paid",
}
VERDICTS = {"ship": "Ship", "skip": "Skip"}


class ApiForm:
    def __init__(self, client):
        self.client = client
        self.kinds = {kind["slug"]: kind["name"] for kind in self._get("fact-kinds/")}
        self.reviewers = {row["slug"]: row["name"] for row in self._get("reviewers/")}

    def _get(self, path):
        response = self.client.get(f"/api/v1/{path}")
        assert response.status_code == 200, path
        return response.json()

    def tool(self, slug):
        return self.tool_of(self._get(f"tools/{slug}/"), self._get(f"tools/{slug}/reviews/"))

    def tool_of(self, answer, reviews):
        panel = answer["panel"]
        assert panel["ships"] + panel["skips"] == panel["reviews"]
        return Tool(
            **{
                name: answer[name] for name in ("name", "tagline", "best_for", "skip_if", "pricing")
            },
            entry=ENTRIES[answer["entry"]],
            verdict=panel["verdict_text"],
            ships=panel["ships"],
            reviews=panel["reviews"],
            ship_percent=panel["ship_percent"],
            score=None if panel["score"] is None else f"{panel['score']:.1f}",
            spread=panel["spread"],
            community=community(answer["community"]),
            facts=tuple(
                Fact(
                    self.kinds[fact["kind"]],
                    fact["text"],
                    fact["source_url"],
                    date.fromisoformat(fact["observed_on"]),
                )
                for fact in answer["facts"]
            ),
            scorecard=tuple(self._review(review) for review in reviews),
        )

    def _review(self, review):
        confirmed = review["confirmed_on"] if review["is_current"] else []
        return Review(
            reviewer=self.reviewers[review["reviewer"]],
            verdict=VERDICTS[review["verdict"]],
            basis=BASES[review["basis"]],
            reviewed_on=date.fromisoformat(review["reviewed_on"]),
            confirmed_on=date.fromisoformat(confirmed[-1]) if confirmed else None,
            **{
                name: review[name]
                for name in ("revision", "is_current", "score", "tested_version", "reason")
            },
        )

    def comparison(self, *slugs):
        return self.comparison_of(self._get(f"comparisons/{'-vs-'.join(slugs)}/"))

    def comparison_of(self, answer):
        line = answer["bottom_line"]
        return Comparison(
            tools=tuple(answer["tools"]),
            bottom_line=line["sentence"],
            robustness=line["robustness"],
            pick=line["pick"],
            differing=tuple(answer["differing"]),
            pairs=tuple(self._pair(pair) for pair in answer["pairs"] if pair["both"]),
        )

    def _pair(self, pair):
        return Pair(
            mean=short(pair["mean_difference"]),
            interval=None if pair["interval"] is None else tuple(map(short, pair["interval"])),
            differences=tuple(
                Difference(self.reviewers[each["reviewer"]], each["first"] - each["second"])
                for each in pair["differences"]
            ),
            **{name: pair[name] for name in ("prefer_first", "prefer_second", "both", "either")},
        )

    def ranking(self, ranking, category=None):
        query = f"?category={category}" if category else ""
        answer = self._get(f"rankings/{ranking}/{query}")
        return Ranking(
            among=answer["among"],
            ranks=tuple(
                Rank(row["rank"], row["is_shared"], row["tool"], FIGURES[ranking](row))
                for row in answer["ranks"]
            ),
        )


def community(votes):
    assert votes["votes"] == votes["ships"] + votes["skips"]
    is_ranked = votes["is_ranked"]
    return Community(
        ships=votes["ships"],
        skips=votes["skips"],
        held=votes["held"],
        ship_percent=votes["ship_percent"] if is_ranked else None,
        interval=tuple(floor(100 * end + 0.5) for end in votes["interval"]) if is_ranked else None,
    )


def short(value):
    """Return a figure with one decimal, or without one that is 0."""
    rounded = Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded.normalize() + 0:f}"


def percent(part, whole):
    return f"{floor(100 * part / whole + 0.5)}%"


def panel_figures(row):
    low, high = row["score_interval"]
    return f"{row['score']:.1f} {low:.1f}–{high:.1f}", f"{row['corrected_score']:.1f}"


def community_figures(row):
    return (percent(row["ships"], row["ships"] + row["skips"]),)


def spread_figures(row):
    return f"{row['highest'] - row['lowest']}", f"{row['lowest']} to {row['highest']}"


def gap_figures(row):
    votes = row["ships"] + row["skips"]
    panel, readers = row["panel_ships"] / row["reviews"], row["ships"] / votes
    return (
        f"{floor(abs(floor(100 * panel + 0.5) - floor(100 * readers + 0.5)))}",
        f"{percent(row['panel_ships'], row['reviews'])} {row['panel_ships']} of {row['reviews']}",
        f"{percent(row['ships'], votes)} {row['ships']} of {votes}",
    )


FIGURES = {
    "panel": panel_figures,
    "community": community_figures,
    "divisive": spread_figures,
    "gap": gap_figures,
}
