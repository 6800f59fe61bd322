"""Imports a catalogue: all of it or nothing. Importing it again changes nothing."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from tqdm import tqdm

from reviews.catalog.change_log import ChangeLog
from reviews.catalog.logos import import_logos
from reviews.catalog.references import moment, reference_problems
from reviews.catalog.rows import BATCH, ImportSummary, create, sync
from reviews.models import OldReviewerSlug, Reaffirmation, Review, Reviewer
from reviews.panel import recount
from reviews.refresh import refresh_figures
from tools.models import Category, Fact, FactKind, OldCategorySlug, OldToolSlug, Tool
from tools.slugs import OldSlug, WithSlug
from web.json_document import BadDocument

type Row = dict[str, Any]

# An import may take longer than a reader's statement, and waits for staff who are saving.
PREPARE = """
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = '30s';
SET LOCAL idle_in_transaction_session_timeout = 0;
"""
LOCK = "SELECT pg_try_advisory_xact_lock(7311)"
TOOL_FIELDS = [
    "slug",
    "name",
    "tagline",
    "description",
    "website",
    "entry",
    "pricing",
    "best_for",
    "skip_if",
    "status",
]


@transaction.atomic
def import_document(document: Row, bar: tqdm | None = None) -> ImportSummary:
    """Import a well-formed `document`. Raises BadDocument and changes nothing.

    Rows that are not in the file are kept. `bar` is a progress bar, in rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
        cursor.execute(LOCK)
        if not cursor.fetchone()[0]:
            raise BadDocument(["Another import is running. Wait until it has finished."])
    if problems := reference_problems(document):
        raise BadDocument(problems)
    try:
        return Import(document, bar or tqdm(total=0, disable=True)).run()
    except IntegrityError as error:
        message = str(error).replace("\n", " ")
        raise BadDocument([f"The database refused the import: {message}."]) from error


class Import:
    def __init__(self, document: Row, bar: tqdm) -> None:
        self.document = document
        self.bar = bar
        self.summary = ImportSummary()
        # {tool id: {reviewer id: Review}} of the reviews that were current before the import.
        self.current: dict[int, dict[int, Review]] = {}

    def run(self) -> ImportSummary:
        self.categories = self.sync_by_slug(Category, "categories", category_fields)
        self.kinds = self.sync_by_slug(FactKind, "fact_kinds", kind_fields)
        self.reviewers = self.sync_by_slug(Reviewer, "reviewers", reviewer_fields)
        list(self.stored_tools().select_for_update(of=("self",)).values_list("pk"))
        self.tools = self.sync_tools()
        self.sync_old_slugs()
        self.sync_facts()
        self.refuse_facts_of_another_type()
        new_reviews = self.sync_reviews()
        self.sync_reaffirmations()
        recount(sorted({review.tool_id for review in new_reviews}))
        self.write_ledger(new_reviews)
        refresh_figures()
        return self.summary

    def stored_tools(self) -> QuerySet[Tool]:
        slugs = [row["slug"] for row in self.document["tools"]]
        return Tool.objects.filter(slug__in=slugs).order_by("pk")

    def sync_by_slug[Kind: WithSlug](
        self, model: type[Kind], name: str, fields_of: Callable[[Row], Row]
    ) -> dict[str, Kind]:
        wanted = {row["slug"]: fields_of(row) for row in self.document.get(name, [])}
        stored = {row.slug: row for row in model._default_manager.all()}
        sync(model, wanted, stored, self.summary.of(name), self.bar)
        return stored

    def sync_tools(self) -> dict[str, Tool]:
        """Successors are set in a second pass: they may come later in the file."""
        logos = {
            slug: {"logo": digest} for slug, digest in import_logos(self.document["tools"]).items()
        }
        wanted = {
            row["slug"]: tool_fields(row, self.categories) | logos.get(row["slug"], {})
            for row in self.document["tools"]
        }
        stored = {tool.slug: tool for tool in self.stored_tools()}
        sync(Tool, wanted, stored, self.summary.of("tools"), self.bar)
        with_successor = [row for row in self.document["tools"] if "successor" in row]
        named = {row["successor"] for row in with_successor}
        ids = dict(Tool.objects.filter(slug__in=named).values_list("slug", "pk"))
        successors = {
            row["slug"]: {"successor_id": ids.get(row["successor"])} for row in with_successor
        }
        sync(Tool, successors, stored, self.summary.of("successors"), self.bar)
        return stored

    def sync_old_slugs(self) -> None:
        self.add_old_slugs("categories", OldCategorySlug, "category", self.categories)
        self.add_old_slugs("reviewers", OldReviewerSlug, "reviewer", self.reviewers)
        self.add_old_slugs("tools", OldToolSlug, "tool", self.tools)

    def add_old_slugs(
        self, name: str, model: type[OldSlug], owner: str, rows: Mapping[str, WithSlug]
    ) -> None:
        wanted = [
            model(slug=slug, **{owner: rows[row["slug"]]})
            for row in self.document.get(name, [])
            for slug in row.get("old_slugs", [])
        ]
        known = set(model._default_manager.values_list("slug", flat=True))
        new = [old for old in wanted if old.slug not in known]
        model._default_manager.bulk_create(new, batch_size=BATCH)
        self.summary.of("old slugs").created += len(new)

    def sync_facts(self) -> None:
        wanted = {
            (self.tools[row["slug"]].pk, self.kinds[fact["kind"]].pk): fact_fields(
                fact, self.tools[row["slug"]], self.kinds[fact["kind"]]
            )
            for row in self.document["tools"]
            for fact in row.get("facts", [])
        }
        stored = {
            (fact.tool_id, fact.kind_id): fact
            for fact in Fact.objects.filter(tool__in=self.tools.values()).select_related("kind")
        }
        sync(Fact, wanted, stored, self.summary.of("facts"), self.bar)

    def refuse_facts_of_another_type(self) -> None:
        """A kind whose type the file changes may have facts that the file does not name."""
        others = Fact.objects.exclude(value_type=F("kind__value_type"))
        kinds = FactKind.objects.filter(pk__in=others.values("kind"))
        if problems := [f"fact_kinds: {kind.type_problem()}" for kind in kinds]:
            raise BadDocument(problems)

    def sync_reviews(self) -> list[Review]:
        """Add the new revisions, and return them. A published review that differs is refused."""
        stored = {
            (review.tool_id, review.reviewer_id, review.revision): review
            for review in Review.objects.published().filter(tool__in=self.tools.values())
        }
        for review in stored.values():
            if review.is_current:
                self.current.setdefault(review.tool_id, {})[review.reviewer_id] = review
        new: list[Review] = []
        problems, counts = [], self.summary.of("reviews")
        for row in self.document["tools"]:
            tool = self.tools[row["slug"]]
            for each in row.get("reviews", []):
                wanted = Review(**review_fields(each, tool, self.reviewers[each["reviewer"]]))
                published = stored.get((tool.pk, wanted.reviewer_id, wanted.revision))
                if published is None:
                    new.append(wanted)
                elif differs(published, wanted):
                    problems.append(
                        f'tools "{tool.slug}": revision {wanted.revision} of "{each["reviewer"]}" is '
                        "published and cannot change: add the next revision, with a reason."
                    )
                else:
                    counts.unchanged += 1
        if problems:
            raise BadDocument(problems)
        self.add_reviews(new)
        counts.created += len(new)
        return new

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
        create(Review, new, self.bar)

    def make_room_for_revisions(self, newest: dict[tuple[int, int], Review]) -> None:
        """Give drafts in the database the number after the newest published revision."""
        drafts = Review.objects.drafts().filter(tool__in={tool_id for tool_id, _ in newest})
        for draft in drafts:
            published = newest.get((draft.tool_id, draft.reviewer_id))
            if published and draft.revision <= published.revision:
                Review.objects.filter(pk=draft.pk).update(revision=published.revision + 1)

    def sync_reaffirmations(self) -> None:
        wanted = [
            (
                (
                    self.tools[row["slug"]].pk,
                    self.reviewers[review["reviewer"]].pk,
                    review.get("revision", 1),
                ),
                on,
            )
            for row in self.document["tools"]
            for review in row.get("reviews", [])
            for on in review.get("reaffirmed_on", [])
        ]
        if not wanted:
            return
        ids = {
            (review.tool_id, review.reviewer_id, review.revision): review.pk
            for review in Review.objects.published().filter(tool__in=self.tools.values())
        }
        known = set(Reaffirmation.objects.values_list("review_id", "on"))
        named = [(ids[key], date.fromisoformat(on)) for key, on in wanted]
        new = [row for row in named if row not in known]
        Reaffirmation.objects.bulk_create(Reaffirmation(review_id=pk, on=on) for pk, on in new)
        self.summary.of("reaffirmations").created += len(new)

    def write_ledger(self, new_reviews: list[Review]) -> None:
        log = ChangeLog(self.document["tools"], self.tools, new_reviews, self.current)
        self.summary.of("ledger entries").created += log.write()


def category_fields(row: Row) -> Row:
    return _given(row, "slug", "name", "description", "position")


def kind_fields(row: Row) -> Row:
    return _given(row, "slug", "name", "group", "value_type", "unit", "better", "position")


def reviewer_fields(row: Row) -> Row:
    texts = ["motto", "bio", "excited_about", "tired_of"]
    return _given(row, "slug", "name", *texts, "position", "kind", is_active="active")


def tool_fields(row: Row, categories: dict[str, Category]) -> Row:
    fields = _given(row, *TOOL_FIELDS, is_sample="sample")
    fields["category_id"] = categories[row["category"]].pk
    if "status_date" in row:
        fields["status_date"] = _date(row["status_date"])
    if "published_at" in row:
        fields["published_at"] = moment(row["published_at"])
    if "withdrawn_at" in row:
        fields["withdrawn_at"] = moment(row["withdrawn_at"])
    return fields


def _given(row: Row, *names: str, **renamed: str) -> Row:
    """Return the fields that `row` has; the others keep their value, or get the model's default."""
    keys = {name: name for name in names} | renamed
    return {field: row[key] for field, key in keys.items() if key in row}


def fact_fields(row: Row, tool: Tool, kind: FactKind) -> Row:
    fact = Fact(tool=tool, kind=kind)
    is_number = kind.value_type == FactKind.ValueType.NUMBER
    fact.value = Decimal(repr(row["value"])) if is_number else row["value"]
    return {
        "tool_id": tool.pk,
        "kind_id": kind.pk,
        "value_type": fact.value_type,
        "text": fact.text,
        "number": fact.number,
        "boolean": fact.boolean,
        "source_url": row["source_url"],
        "observed_on": _date(row["observed_on"]),
    }


def review_fields(row: Row, tool: Tool, reviewer: Reviewer) -> Row:
    names = ["score", "verdict", "basis", "body"]
    return {name: row[name] for name in names} | {
        "tool": tool,
        "reviewer": reviewer,
        "revision": row.get("revision", 1),
        "tested_version": row.get("tested_version", ""),
        "reason": row.get("reason", ""),
        "reviewed_on": _date(row["reviewed_on"]),
        "published_at": moment(row["published_at"]),
    }


def differs(published: Review, wanted: Review) -> bool:
    names = [
        "score", "verdict", "basis", "body", "tested_version", "reason", "reviewed_on", "published_at"
    ]  # fmt: skip
    return any(getattr(published, name) != getattr(wanted, name) for name in names)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
