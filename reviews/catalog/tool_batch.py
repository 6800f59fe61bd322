"""Writes some hundred tools of a catalogue file with their facts, reviews and change log."""

from collections.abc import Iterator
from datetime import date

from reviews.catalog.change_log import ChangeLog
from reviews.catalog.document import Row
from reviews.catalog.fields import correction_fields, fact_fields, review_fields, tool_fields
from reviews.catalog.logos import import_logos
from reviews.catalog.rows import ImportSummary, sync
from reviews.catalog.shared import Shared
from reviews.models import Reaffirmation, Review, ReviewCorrection, ReviewQuerySet
from reviews.panel import recount_tools
from tools.copy_rows import copy_rows
from tools.models import Fact, OldToolSlug, Tool
from tools.slugs import OldSlug


class ToolBatch:
    def __init__(self, rows: list[Row], shared: Shared, summary: ImportSummary) -> None:
        self.rows = rows
        self.shared = shared
        self.summary = summary
        self.ids = [shared.ids[row["slug"]] for row in rows]
        self.stored_ids = [tool_id for tool_id in self.ids if tool_id not in shared.new_ids]
        self.tools: dict[str, Tool] = {}
        self.facts: dict[int, list[Fact]] = {tool_id: [] for tool_id in self.ids}
        # {tool id: {reviewer id: Review}} of the reviews that were current before the import.
        self.current: dict[int, dict[int, Review]] = {}

    def write(self) -> list[str]:
        """Write what differs, and return sentences on what contradicts the database."""
        problems = self.sync_tools()
        self.add_old_slugs()
        self.sync_facts()
        new_reviews = self.sync_reviews()
        problems += self.sync_corrections()
        self.sync_reaffirmations()
        recount_tools(sorted({review.tool_id for review in new_reviews}))
        log = ChangeLog(self.rows, self.tools, self.shared, self.facts, new_reviews, self.current)
        self.summary.of("ledger entries").created += log.write()
        return problems + log.problems

    def sync_tools(self) -> list[str]:
        """Write the tools; return sentences on logos that cannot be read."""
        logos, problems = import_logos(self.rows)
        successors = self.successors()
        wanted = {
            row["slug"]: {"id": self.shared.ids[row["slug"]]}
            | tool_fields(row, self.shared.categories)
            | ({"successor_id": successors.get(row["successor"])} if "successor" in row else {})
            | logos.get(row["slug"], {})
            for row in self.rows
        }
        stored = Tool.objects.filter(pk__in=self.stored_ids)
        self.tools = {tool.slug: tool for tool in stored}
        sync(Tool, wanted, self.tools, self.summary.of("tools"))
        return problems

    def successors(self) -> dict[str | None, int]:
        """Return {slug: id} of the successors; some may not be in the file."""
        named = {row["successor"] for row in self.rows if row.get("successor")}
        others = Tool.objects.filter(
            slug__in=[slug for slug in named if slug not in self.shared.ids]
        )
        in_file = {slug: self.shared.ids[slug] for slug in named if slug in self.shared.ids}
        return {**in_file, **dict(others.values_list("slug", "pk"))}

    def add_old_slugs(self) -> None:
        wanted = {
            old: self.shared.ids[row["slug"]]
            for row in self.rows
            for old in row.get("old_slugs", [])
        }
        self.summary.of("old slugs").created += add_old_slugs(OldToolSlug, "tool", wanted)

    def sync_facts(self) -> None:
        wanted = {}
        for row in self.rows:
            tool_id = self.shared.ids[row["slug"]]
            for fact in row.get("facts", []):
                kind = self.shared.kinds[fact["kind"]]
                wanted[tool_id, kind.pk] = fact_fields(fact, tool_id, kind)
        stored = {
            (fact.tool_id, fact.kind_id): fact
            for fact in Fact.objects.filter(tool__in=self.stored_ids)
        }
        sync(Fact, wanted, stored, self.summary.of("facts"))
        for fact in stored.values():
            self.facts[fact.tool_id].append(fact)

    def sync_reviews(self) -> list[Review]:
        """Add the new revisions, and return them. Published ones were compared before."""
        stored = {
            (review.tool_id, review.reviewer_id, review.revision): review
            for review in Review.objects.published().filter(tool__in=self.stored_ids)
        }
        for review in stored.values():
            if review.is_current:
                self.current.setdefault(review.tool_id, {})[review.reviewer_id] = review
        new: list[Review] = []
        for tool, wanted in self.named_reviews():
            if (tool.pk, wanted.reviewer_id, wanted.revision) in stored:
                self.summary.of("reviews").unchanged += 1
            else:
                new.append(wanted)
        self.add_reviews(new)
        self.summary.of("reviews").created += len(new)
        return new

    def named_reviews(self) -> Iterator[tuple[Tool, Review]]:
        for row in self.rows:
            tool = self.tools[row["slug"]]
            for each in row.get("reviews", []):
                reviewer = self.shared.reviewers[each["reviewer"]]
                yield tool, Review(tool=tool, reviewer=reviewer, **review_fields(each))

    def add_reviews(self, new: list[Review]) -> None:
        newest: dict[tuple[int, int], Review] = {}
        for review in new:
            key = (review.tool_id, review.reviewer_id)
            newest[key] = max(newest.get(key, review), review, key=lambda one: one.revision)
        for review in newest.values():
            review.is_current = True
        replaced = [
            review.pk
            for tool_id, by_reviewer in self.current.items()
            for reviewer_id, review in by_reviewer.items()
            if (tool_id, reviewer_id) in newest
        ]
        Review.objects.filter(pk__in=replaced).update(is_current=False)
        self.make_room_for_revisions(newest)
        copy_rows(new)

    def make_room_for_revisions(self, newest: dict[tuple[int, int], Review]) -> None:
        """Give drafts in the database the number after the newest published revision."""
        drafts = Review.objects.drafts().filter(tool__in={tool_id for tool_id, _ in newest})
        for draft in drafts:
            published = newest.get((draft.tool_id, draft.reviewer_id))
            if published and draft.revision <= published.revision:
                Review.objects.filter(pk=draft.pk).update(revision=published.revision + 1)

    def sync_corrections(self) -> list[str]:
        """Add the corrections that follow the stored ones; return sentences on others. Triggers change the texts."""
        rows = {
            (row["slug"], review["reviewer"], review.get("revision", 1)): correction_fields(review)
            for row in self.rows
            for review in row.get("reviews", [])
        }
        if not any(rows.values()):
            return []
        new, problems = [], []
        for review in self.published_with_corrections():
            key = (review.tool.slug, review.reviewer.slug, review.revision)
            stored = [
                {"at": each.at, "old_body": each.old_body, "new_body": each.new_body}
                for each in review.corrections.all()
            ]
            wanted = rows.get(key, [])
            if stored[: len(wanted)] != wanted[: len(stored)]:
                problems.append(
                    f'tools "{key[0]}": the corrections of revision {key[2]} of "{key[1]}" differ from the stored '
                    "ones, which cannot change."
                )
            new += [ReviewCorrection(review=review, **fields) for fields in wanted[len(stored) :]]
        if not problems:
            copy_rows(new)
            self.summary.of("corrections").created += len(new)
        return problems

    def published_with_corrections(self) -> ReviewQuerySet:
        published = Review.objects.published().filter(tool__in=self.ids)
        return published.select_related("tool", "reviewer").prefetch_related("corrections")

    def sync_reaffirmations(self) -> None:
        wanted = {
            (self.shared.ids[row["slug"]], review["reviewer"], review.get("revision", 1), on): on
            in review.get("reaffirmed_on_behalf", [])
            for row in self.rows
            for review in row.get("reviews", [])
            for on in review.get("reaffirmed_on", [])
        }
        if not wanted:
            return
        ids = {
            (tool_id, reviewer, revision): pk
            for pk, tool_id, reviewer, revision in Review.objects.published()
            .filter(tool__in=self.ids)
            .values_list("pk", "tool", "reviewer__slug", "revision")
        }
        stored = Reaffirmation.objects.filter(review__tool__in=self.ids)
        named = {
            (ids[tuple(key)], date.fromisoformat(on)): on_behalf
            for (*key, on), on_behalf in wanted.items()
        }
        new = sorted(named.keys() - set(stored.values_list("review_id", "on")))
        copy_rows([Reaffirmation(review_id=pk, on=on, on_behalf=named[pk, on]) for pk, on in new])
        self.summary.of("reaffirmations").created += len(new)


def add_old_slugs(model: type[OldSlug], owner: str, wanted: dict[str, int]) -> int:
    """Store {old slug: id of the `owner`} where they are not stored yet; return how many are new."""
    stored = model._default_manager.filter(slug__in=wanted).values_list("slug", flat=True)
    known = set(stored)
    new = [
        model(slug=slug, **{f"{owner}_id": pk}) for slug, pk in wanted.items() if slug not in known
    ]
    copy_rows(new)
    return len(new)
