"""What is asked of the site in each case, for a sample of what it has (`site_sample`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any

from bin.local.bench.http_requests import SITE_URL, Request

ENTRIES = ["free", "open_source", "freemium", "trial", "paid"]
SORTS = ["score", "community", "newest", "divisive", "name"]
# Words of the seeded texts: frequent ones, rare ones, and beginnings of names.
WORDS = [
    "contracts",
    "embeddings",
    "repositories",
    "licence",
    "laptop",
    "terminal",
    "retriever",
    "scheduler",
    "invoices",
    "screenshots",
    "onboarding",
    "quota",
    "Kestrel",
    "Quillmark",
    "Fjordline",
    "Emberforge",
    "Zephyr",
    "Orbitdeck",
    "Cobaltcast",
    "Harborport",
    "Gateway",
    "Transcripts",
    "Workbench",
    "Guard",
]
MOST_COLD = 4000
MORE_THAN_ONE = 60


@dataclass(frozen=True)
class Case:
    """`hot` is asked again and again. No two of `cold` are the same page, and none is `hot`."""

    name: str
    hot: Sequence[Request]
    cold: Sequence[Request] = field(default_factory=list)
    status: int = 200
    is_kept: bool = True

    @property
    def has_enough_cold(self) -> bool:
        """Whether many connections can ask for another page each time."""
        return len(self.cold) >= MORE_THAN_ONE


def all_cases(sample: Mapping[str, Any]) -> dict[str, Case]:
    slugs = [tool["slug"] for tool in sample["tools"]]
    pages = {
        "home": ["/"],
        "directory": ["/tools/", *directory_pages(len(slugs))],
        "filter": filters(sample["categories"]),
        "search": searches(),
        "category": category_pages(sample["categories"], len(slugs)),
        "tool": [f"/tools/{slug}/" for slug in slugs],
        "compare2": comparisons(sample["tools"], 2),
        "compare4": comparisons(sample["tools"], 4),
        "changes": ["/changes/", *(f"/changes/?tool={slug}" for slug in slugs)],
        "reviewer": reviewer_pages(sample["reviewers"], len(slugs)),
        "alternatives": [f"/tools/{slug}/alternatives/" for slug in slugs],
        "rankings": rankings(sample["categories"]),
        "feed": ["/changes/atom/", *(f"/tools/{slug}/atom/" for slug in slugs)],
        "picture": [f"/tools/{slug}/share.png" for slug in slugs],
        "sitemap": [f"/sitemap-tools-{block}.xml" for block in range(max(len(slugs) // 500, 1))],
    }
    return {name: _case(name, paths) for name, paths in pages.items()} | {
        case.name: case
        for case in [*personal(sample), suggestions(), missing(slugs), *votes(sample)]
    }


def _case(name: str, paths: Sequence[str]) -> Case:
    hot, *cold = [Request(path) for path in paths[: MOST_COLD + 1]]
    return Case(name, [hot], cold)


def directory_pages(tools: int) -> list[str]:
    pages = range(2, max(min(tools // 24, 100), 3))
    return [f"/tools/?sort={sort}&page={page}" for page, sort in product(pages, SORTS)]


def filters(categories: Sequence[str]) -> list[str]:
    """Pages that are full from 1,000 tools on, so that all sizes render as many rows."""
    queries = [f"category={category}" for category in categories]
    queries += [f"entry={entry}&page={page}" for entry, page in product(ENTRIES, range(1, 6))]
    queries += [
        f"entry={entry}&verdict={verdict}&page={page}"
        for entry, verdict, page in product(ENTRIES, ["ship", "skip"], [1, 2])
    ]
    return [f"/tools/?{query}&sort={sort}" for sort, query in product(SORTS, queries)]


def searches() -> list[str]:
    pairs = [f"{one}+{other}" for one, other in product(WORDS, WORDS) if one < other]
    return [f"/tools/?q={words}" for words in [*WORDS, *pairs]]


def suggestions() -> Case:
    """What is asked while a word is typed, letter by letter. Nobody keeps the answers."""
    beginnings = {word[:letters] for word in WORDS for letters in range(2, len(word))}
    requests = [Request(f"/tools/suggest/?q={beginning}") for beginning in sorted(beginnings)]
    return Case("suggest", requests[:1], requests[1:], is_kept=False)


def rankings(categories: Sequence[str]) -> list[str]:
    names = ["panel", "community", "divisive", "gap"]
    pages = [f"/rankings/{name}/{category}/" for name, category in product(names, categories)]
    return ["/rankings/", *(f"/rankings/{name}/" for name in names), *pages]


def category_pages(categories: Sequence[str], tools: int) -> list[str]:
    pages = range(1, max(min(tools // len(categories) // 24, 20), 2) + 1)
    return [f"/categories/{slug}/?page={page}" for page, slug in product(pages, categories)]


def reviewer_pages(reviewers: Sequence[str], tools: int) -> list[str]:
    pages = range(1, max(min(tools // 24, 40), 2) + 1)
    return [f"/reviewers/{slug}/?page={page}" for page, slug in product(pages, reviewers)]


def comparisons(tools: Sequence[Mapping[str, Any]], size: int) -> list[str]:
    """Tools of one category, as readers compare them; no tool is in the first page and another one."""
    by_category: dict[str, list[str]] = {}
    for tool in tools:
        by_category.setdefault(tool["category"], []).append(tool["slug"])
    groups = [slugs for slugs in by_category.values() if len(slugs) > size]
    random = Random(2)  # noqa: S311 - a seed makes the same draws again
    first = sorted(groups[0][:size])
    found = {"-vs-".join(first)}
    for _ in range(MOST_COLD):
        chosen = random.sample(random.choice(groups), k=size)
        if not set(chosen) & set(first):
            found.add("-vs-".join(sorted(chosen)))
    head = "-vs-".join(first)
    return [f"/compare/{pair}/" for pair in [head, *sorted(found - {head})]]


def missing(slugs: Sequence[str]) -> Case:
    """Names with a letter too many."""
    requests = [Request(f"/tools/{slug[:3]}x{slug[3:]}/") for slug in slugs[: MOST_COLD + 1]]
    return Case("missing", requests[:1], requests[1:], status=404, is_kept=False)


def personal(sample: Mapping[str, Any]) -> list[Case]:
    slugs = [tool["slug"] for tool in sample["tools"][:24]]
    address = f"/me/?tools={','.join(slugs)}"
    signed_in = Request(address, {"Cookie": sample["cookies"][0], "HX-Request": "true"})
    return [
        Case("me", [Request(address, {"HX-Request": "true"})], status=204, is_kept=False),
        Case("me-cookie", [signed_in], is_kept=False),
    ]


def votes(sample: Mapping[str, Any]) -> list[Case]:
    """Each request is a vote that changes something: another reader and tool, later the other choice."""
    # The first tools are those of the other cases, whose pages are to stay as they are.
    slugs = [tool["slug"] for tool in sample["tools"][len(sample["tools"]) // 2 :][:1000]]
    cookies = sample["cookies"]
    many = [
        vote(slugs[(lap * len(cookies) + n * 7) % len(slugs)], n, cookie)
        for lap in range(10)
        for n, cookie in enumerate(cookies)
    ]
    one = [vote(slugs[0], n, cookie) for n, cookie in enumerate(cookies)]
    return [
        Case("vote", many, status=303, is_kept=False),
        Case("vote-hot", one, status=303, is_kept=False),
    ]


def vote(slug: str, reader: int, cookie: str) -> Request:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": cookie,
        "Origin": SITE_URL,
        "X-Forwarded-For": f"10.{reader // 256}.{reader % 256}.1",
    }
    return Request(f"/tools/{slug}/vote/", headers, "POST", "choice=ship")
