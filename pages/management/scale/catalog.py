"""Tools with their facts, reviews and change log, as the actions of staff would have left them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from pages.management.scale.shared_rows import VALUES, slug
from pages.management.scale.words import Words, name_of
from reviews.actions import review_change
from reviews.models import Review, Reviewer
from reviews.panel import panel_of_reviews
from tools import ledger
from tools.ledger import ReviewChange
from tools.ledger_state import State, state_of
from tools.models import Category, Fact, FactKind, LedgerEntry, Tool

Kind = LedgerEntry.Kind

FACTS, REVIEWS = 6, 4  # of a tool
PRICES = ["Free of charge", "$10 a month", "$20 a month per user", "From $99 a month", "By usage"]
REASON = "It was tried again with the newest release, over a longer project than the first time."
WITHDRAWAL = "It was entered twice, and the other entry has the reviews."
# Shares of all tools.
DRAFTS, WITHDRAWN, DISCONTINUED, REVISED, REPRICED, UNREVIEWED = 0.03, 0.01, 0.02, 0.1, 0.15, 0.02


@dataclass
class History:
    """A tool and all rows that belong to it, in the order in which they came to be."""

    tool: Tool
    facts: list[Fact] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)


class Catalog:
    """Makes `history(n)` of one tool after the other; the same seed gives the same tools."""

    def __init__(
        self,
        *,
        categories: list[Category],
        kinds: list[FactKind],
        panel: list[Reviewer],
        words: Words,
        random: Random,
        now: datetime,
    ) -> None:
        self._categories, self._kinds, self._panel = categories, kinds, panel
        self._words, self._random, self._now = words, random, now
        self._fact_ids, self._review_ids, self._entry_ids = count(1), count(1), count(1)
        self._last_published: Tool | None = None

    def histories(self, tools: int) -> Iterator[History]:
        return (self.history(n) for n in range(tools))

    def history(self, n: int) -> History:
        tool = self._tool(n)
        history = History(tool, facts=self._facts(tool))
        # `state_of` reads the facts of the tool, which are not in the database yet.
        tool.__dict__["_prefetched_objects_cache"] = {"facts": history.facts}
        if not self._has(DRAFTS):
            self._publish(history)
        for entry in history.entries:
            entry.pk = next(self._entry_ids)
            entry.category_id = tool.category_id  # a trigger's work, but none runs
        return history

    def _tool(self, n: int) -> Tool:
        random, words = self._random, self._words
        name = name_of(n)
        return Tool(
            pk=n + 1,
            name=name,
            slug=slug(name),
            tagline=words.clause("Handles")[:140],
            description=words.paragraphs(random.randint(2, 4)),
            category=random.choice(self._categories),
            website=f"https://{slug(name)}.example/",
            entry=random.choice(Tool.Entry.values),
            pricing=random.choice(PRICES),
            best_for=words.clause("Teams that work with"),
            skip_if=words.clause("You only need"),
            is_sample=True,
        )

    def _facts(self, tool: Tool) -> list[Fact]:
        return [self._fact(tool, kind) for kind in self._random.sample(self._kinds, k=FACTS)]

    def _fact(self, tool: Tool, kind: FactKind) -> Fact:
        observed = self._now - timedelta(days=self._random.randint(1, 300))
        source = f"{tool.website}docs/{kind.slug}/"
        fact = Fact(
            pk=next(self._fact_ids),
            tool=tool,
            kind=kind,
            source_url=source,
            observed_on=observed.date(),
        )
        fact.value = VALUES[kind.value_type](self._random, kind.name)
        return fact

    def _publish(self, history: History) -> None:
        """Publish the tool some time in the last two years, and let it have a history since."""
        tool, at = (
            history.tool,
            self._now - timedelta(minutes=self._random.randint(200_000, 1_000_000)),
        )
        tool.published_at = at
        state = state_of(tool)
        added = ledger.publication(Kind.ADDED, tool=tool, state=state, at=at, event=self._event())
        history.entries.append(added)
        if not self._has(UNREVIEWED):
            state = self._review(history, state)
        for share, change in [(REPRICED, self._reprice), (DISCONTINUED, self._discontinue)]:
            if self._has(share):
                state = self._change(history, state, change)
        if self._has(WITHDRAWN):
            self._withdraw(history)
        else:
            self._last_published = tool

    def _review(self, history: History, state: State) -> State:
        """Three reviews at once, the fourth later, and sometimes a second opinion."""
        first = self._panel[: REVIEWS - 1]
        last = self._random.choice(self._panel[REVIEWS - 1 :])
        likely = self._random.gauss(65, 15)
        state = self._publish_reviews(history, state, first, likely)
        state = self._publish_reviews(history, state, [last], likely)
        if self._has(REVISED):
            state = self._publish_reviews(history, state, first[:1], likely - 10)
        return state

    def _publish_reviews(
        self, history: History, state: State, authors: Iterable[Reviewer], likely: float
    ) -> State:
        at = self._later(history)
        changes = [self._publish_review(history, author, likely, at) for author in authors]
        after = panel_of_reviews(review for review in history.reviews if review.is_current)
        self._log(
            history,
            ledger.panel_event(
                tool=history.tool, reviews=changes, before=state.panel, after=after, at=at
            ),
        )
        return state.with_panel(after)

    def _publish_review(
        self, history: History, author: Reviewer, likely: float, at: datetime
    ) -> ReviewChange:
        review = self._opinion(history.tool, author, likely, at)
        replaced = next((one for one in history.reviews if one.reviewer_id == author.pk), None)
        if replaced:
            replaced.is_current, review.revision, review.reason = False, 2, REASON
        history.reviews.append(review)
        return review_change(review, replaced)

    def _opinion(self, tool: Tool, author: Reviewer, likely: float, at: datetime) -> Review:
        random = self._random
        score = min(max(round(random.gauss(likely, 10)), 0), 100)
        return Review(
            pk=next(self._review_ids),
            tool=tool,
            reviewer=author,
            score=score,
            verdict="ship" if score >= 60 else "skip",
            basis=random.choice(Review.Basis.values),
            body=self._words.sentences(random.randint(3, 7)),
            tested_version=f"{random.randint(0, 9)}.{random.randint(0, 20)}",
            reviewed_on=at.date(),
            published_at=at,
            is_current=True,
        )

    def _change(
        self, history: History, state: State, change: Callable[[Tool, datetime], None]
    ) -> State:
        tool, at = history.tool, self._later(history)
        change(tool, at)
        after = state_of(tool, state.panel)
        event = self._event()
        self._log(history, ledger.change_entries(state, after, tool=tool, event=event, at=at))
        return after

    def _reprice(self, tool: Tool, at: datetime) -> None:
        tool.pricing = f"${self._random.randint(2, 40)} a month"

    def _discontinue(self, tool: Tool, at: datetime) -> None:
        """End it; every second one has a successor."""
        tool.status, tool.status_date = Tool.Status.DISCONTINUED, at.date()
        if self._has(0.5):
            tool.successor = self._last_published

    def _withdraw(self, history: History) -> None:
        tool, at = history.tool, self._later(history)
        tool.published_at, tool.withdrawn_at = None, at
        self._log(history, [ledger.withdrawal(tool=tool, reason=WITHDRAWAL, at=at)])

    def _log(self, history: History, entries: list[LedgerEntry]) -> None:
        """Add the entries of one event, with an id that depends on the seed alone."""
        event = self._event()
        for entry in entries:
            entry.event = event
        history.entries += entries

    def _later(self, history: History) -> datetime:
        """Return a moment between the newest entry of the tool and now."""
        newest = history.entries[-1].at
        return newest + (self._now - newest) * self._random.uniform(0.02, 0.4)

    def _event(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _has(self, share: float) -> bool:
        return self._random.random() < share
