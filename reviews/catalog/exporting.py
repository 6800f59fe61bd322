"""Writes the catalogue of the database as a file. The same rows give the same bytes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Collate

from reviews.catalog.logos import exported_logo, with_logo_content
from reviews.models import Review, Reviewer
from tools.ledger_state import PUBLICATIONS
from tools.models import Category, Fact, FactKind, LedgerEntry, SearchSynonym, Tool

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Published(TypedDict):
        published: list[Review]

    type ToolWithReviews = WithAnnotations[Tool, Published]

FORMAT = "ship-or-skip/catalog/1"
CHUNK = 500


def export_text() -> Iterator[str]:
    """Yield, in pieces, all categories, fact kinds, reviewers, synonyms and tools with reviews and ledger, as JSON."""
    head = json.dumps(build_head(), ensure_ascii=False, indent=2)
    yield head.removesuffix("\n}") + ',\n  "tools": ['
    between = "\n"
    for tool in tool_rows():
        row = json.dumps(tool, ensure_ascii=False, indent=2)
        yield f"{between}    " + row.replace("\n", "\n    ")  # no text holds a bare line feed
        between = ",\n"
    yield ("" if between == "\n" else "\n  ") + "]\n}\n"


def tool_rows() -> Iterator[dict[str, Any]]:
    kind_slugs = dict(FactKind.objects.values_list("pk", "slug"))
    for tool in _tools().iterator(chunk_size=CHUNK):
        yield _tool(tool, kind_slugs)


def build_head() -> dict[str, Any]:
    in_order = ("position", Collate("slug", "C"))
    return {
        "format": FORMAT,
        "categories": [_category(row) for row in _with_old_slugs(Category).order_by(*in_order)],
        "fact_kinds": [_kind(row) for row in FactKind.objects.order_by(*in_order)],
        "reviewers": [_reviewer(row) for row in _with_old_slugs(Reviewer).order_by(*in_order)],
        "search_synonyms": [_synonym(row) for row in _synonyms()],
    }


def _with_old_slugs[Row: (Category, Reviewer)](model: type[Row]) -> QuerySet[Row]:
    return model._default_manager.prefetch_related("old_slugs")


def _synonyms() -> QuerySet[SearchSynonym]:
    return SearchSynonym.objects.order_by(Collate("term", "C"), Collate("stands_for", "C"))


def _tools() -> "QuerySet[ToolWithReviews]":
    """Return all tools in an order that does not depend on the collation of the database."""
    reviews = (
        Review.objects.published()
        .select_related("reviewer")
        .prefetch_related("reaffirmations", "corrections")
    )
    reviews = reviews.order_by(Collate("reviewer__slug", "C"), "revision")
    facts = Fact.objects.select_related("kind").order_by(Collate("kind__slug", "C"))
    tools = Tool.objects.select_related("category", "successor")
    return (
        with_logo_content(tools)
        .order_by(Collate("slug", "C"))
        .prefetch_related(
            "old_slugs",
            Prefetch("facts", facts),
            Prefetch("reviews", reviews, to_attr="published"),
            Prefetch("ledger", _ledger()),
        )
    )


def _ledger() -> QuerySet[LedgerEntry]:
    """Return the entries oldest first; corrections are events of their own, so they keep their place."""
    names = ["fact_kind", "old_category", "new_category", "old_successor", "new_successor"]
    return LedgerEntry.objects.select_related(*names).order_by("at", "event", "pk")


def _category(row: Category) -> dict[str, Any]:
    names = ["slug", "name", "description", "position"]
    return {name: getattr(row, name) for name in names} | {"old_slugs": _old_slugs(row)}


def _kind(row: FactKind) -> dict[str, Any]:
    names = ["slug", "name", "group", "value_type", "unit", "better", "position"]
    return {name: getattr(row, name) for name in names} | {"filter": row.is_filter}


def _reviewer(row: Reviewer) -> dict[str, Any]:
    names = ["slug", "name", "motto", "bio", "excited_about", "tired_of", "position"]
    return {name: getattr(row, name) for name in names} | {
        "active": row.is_active,
        "kind": row.kind,
        "old_slugs": _old_slugs(row),
    }


def _synonym(row: SearchSynonym) -> dict[str, Any]:
    return {"term": row.term, "stands_for": row.stands_for, "two_way": row.is_two_way}


def _tool(tool: "ToolWithReviews", kind_slugs: dict[int, str]) -> dict[str, Any]:
    names = ["slug", "name", "tagline", "description"]
    more = ["website", "entry", "pricing", "best_for", "skip_if", "status"]
    return {
        **{name: getattr(tool, name) for name in names},
        "category": tool.category.slug,
        **{name: getattr(tool, name) for name in more},
        "status_date": tool.status_date and tool.status_date.isoformat(),
        "successor": tool.successor and tool.successor.slug,
        "published_at": _moment(tool.published_at),
        "withdrawn_at": _moment(tool.withdrawn_at),
        "sample": tool.is_sample,
        **exported_logo(tool),
        "old_slugs": _old_slugs(tool),
        "facts": [_fact(fact) for fact in tool.facts.all()],
        "reviews": [_review(review) for review in tool.published],
        "ledger": list(_log(tool, kind_slugs)),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "kind": fact.kind.slug,
        "value": _number(fact.value) if isinstance(fact.value, Decimal) else fact.value,
        "source_url": fact.source_url,
        "observed_on": fact.observed_on.isoformat(),
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "reviewer": review.reviewer.slug,
        "revision": review.revision,
        "score": review.score,
        "verdict": review.verdict,
        "basis": review.basis,
        "body": review.body,
        "tested_version": review.tested_version,
        "reviewed_on": review.reviewed_on and review.reviewed_on.isoformat(),
        "published_at": _moment(review.published_at),
        "reason": review.reason,
        "reaffirmed_on": [again.on.isoformat() for again in review.reaffirmations.all()],
        "reaffirmed_on_behalf": [
            again.on.isoformat() for again in review.reaffirmations.all() if again.on_behalf
        ],
        "corrections": [
            {"at": _moment(correction.at), "old": correction.old_body}
            for correction in review.corrections.all()
        ],
        "handed_back_at": _moment(review.handed_back_at),
    }


def _log(tool: "ToolWithReviews", kind_slugs: dict[int, str]) -> Iterator[dict[str, Any]]:
    reviews = {review.pk: review for review in tool.published}
    entries = list(tool.ledger.all())
    places = {entry.pk: place for place, entry in enumerate(entries)}
    for entry in entries:
        row: dict[str, Any] = {"kind": entry.kind, "event": str(entry.event)}
        row |= {"at": _moment(entry.at)} | _sides(entry, kind_slugs)
        for name in ["fact_kind", "old_category", "new_category", "old_successor", "new_successor"]:
            if reference := getattr(entry, name):
                row[name] = reference.slug
        if entry.review_id:
            review = reviews[entry.review_id]
            row["review"] = {"reviewer": review.reviewer.slug, "revision": review.revision}
        if entry.corrects_id:
            row["corrects"] = places[entry.corrects_id]
        yield row | {"reason": entry.reason}


def _sides(entry: LedgerEntry, kind_slugs: dict[int, str]) -> dict[str, Any]:
    """Return `old` and `new` where they are set; facts of a publication by the slugs of their kinds."""
    sides = {name: getattr(entry, name) for name in ["old", "new"]}
    if entry.kind in PUBLICATIONS:
        facts = {kind_slugs[int(kind)]: fact for kind, fact in entry.new["facts"].items()}
        sides["new"] = entry.new | {"facts": {slug: facts[slug] for slug in sorted(facts)}}
    return {name: codes for name, codes in sides.items() if codes is not None}


def _old_slugs(row: Category | Reviewer | Tool) -> list[str]:
    return sorted(old.slug for old in row.old_slugs.all())


def _number(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
