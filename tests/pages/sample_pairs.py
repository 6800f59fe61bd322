"""The same-category pairs of the sample catalogue, with their scorecards, without a database."""

import json
from itertools import combinations

from django.conf import settings

from reviews.models import Review, Reviewer


def sample_pairs():
    """Yield ((slug, slug), [scorecard, scorecard]), slugs in alphabetical order."""
    catalog = json.loads((settings.BASE_DIR / "sample/catalog.json").read_text())
    panel = {
        reviewer["slug"]: Reviewer(pk=number, name=reviewer["name"], slug=reviewer["slug"])
        for number, reviewer in enumerate(catalog["reviewers"], start=1)
    }
    tools = sorted(catalog["tools"], key=lambda tool: tool["slug"])
    for tool, other in combinations(tools, 2):
        if tool["category"] == other["category"]:
            cards = [scorecard(each["reviews"], panel) for each in (tool, other)]
            yield (tool["slug"], other["slug"]), cards


def scorecard(reviews, panel):
    current = {}
    for review in sorted(reviews, key=lambda review: review["revision"]):
        if review["published_at"]:
            current[review["reviewer"]] = review["score"]
    return [
        Review(reviewer=reviewer, score=current[slug])
        for slug, reviewer in panel.items()
        if slug in current
    ]
