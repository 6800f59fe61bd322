"""Imports a catalogue: all of it or nothing. Importing it again changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from itertools import batched, chain
from pathlib import Path
from typing import BinaryIO

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F
from tqdm import tqdm

from reviews.catalog.change_log import shared_event_problems
from reviews.catalog.document import Contents, Row, ToolRow, read_contents, read_tools
from reviews.catalog.fields import category_fields, kind_fields, reviewer_fields, synonym_fields
from reviews.catalog.problems import Problems
from reviews.catalog.references import known_rows, shared_problems, slug_problems, tool_problems
from reviews.catalog.rows import ImportSummary, sync
from reviews.catalog.shared import Shared
from reviews.catalog.tool_batch import ToolBatch, add_old_slugs
from reviews.models import OldReviewerSlug, PanelVerdict, Review, Reviewer
from reviews.refresh import refresh_figures
from tools.copy_rows import new_ids
from tools.import_progress import lock_imports
from tools.models import Category, Fact, FactKind, LedgerEntry, OldCategorySlug, SearchSynonym, Tool
from tools.slugs import OldSlug, WithSlug
from web.json_document import BadDocument

# Tools that are checked and written together: enough to share the cost of a statement, few enough for memory.
BATCH = 500
# An import may take longer than a reader's statement, and waits for staff who are saving.
PREPARE = """
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = '30s';
SET LOCAL idle_in_transaction_session_timeout = 0;
"""
REFUSALS = (IntegrityError, DataError)
WRITTEN = (Tool, Fact, Review, LedgerEntry, PanelVerdict)
LOCK_TOOLS = "SELECT slug, id FROM tools_tool WHERE slug = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def import_file(path: str, bar: tqdm | None = None) -> ImportSummary:
    """Import the file at `path`. Raises BadDocument that says all that is wrong, and changes nothing.

    Rows that are not in the file are kept. `bar` is a progress bar, in tools.
    """
    problems = Problems()
    try:
        with Path(path).open("rb") as file:
            return _import(file, problems, bar or tqdm(total=0, disable=True))
    except BadDocument as bad:
        raise BadDocument([*problems.sentences, *bad.problems]) from bad
    except OSError as error:
        raise BadDocument([f"{path} cannot be read: {error.strerror or error}."]) from error


@transaction.atomic
def _import(file: BinaryIO, problems: Problems, bar: tqdm) -> ImportSummary:
    """Raises BadDocument, without the sentences that `problems` has got."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
    if not lock_imports():
        raise BadDocument(["Another import is running. Wait until it has finished."])
    contents = read_contents(file, problems)
    bar.reset(contents.slugs.total())
    known = known_rows(contents)
    bad_rows = list(shared_problems(contents, known))
    bad_slugs = list(slug_problems(contents, known))
    problems.add([*bad_rows, *(words for _, words in bad_slugs)])
    writer = None
    if contents.is_shared_valid and not bad_rows:
        writer = _make_writer(contents, problems)
    for batch in batched(read_tools(file, contents), BATCH):
        found = tool_problems(batch, known)
        problems.add(chain.from_iterable(found))
        if writer:
            refused = {slug for slug, _ in bad_slugs}
            good = [
                row
                for row, wrong in zip(batch, found, strict=True)
                if row.is_valid and not wrong and row.tool["slug"] not in refused
            ]
            problems.add(writer.write_tools(good))
        bar.update(len(batch))
    if writer:
        problems.add(writer.final_problems())
    if writer is None or problems:
        raise BadDocument([])
    refresh_figures()
    return writer.summary


def _make_writer(contents: Contents, problems: Problems) -> "CatalogWriter | None":
    """Return a writer that has written what tools share; None if the database refuses that."""
    try:
        with transaction.atomic():
            return CatalogWriter(contents)
    except REFUSALS as error:
        problems.add([f"The database refused the import: {_refusal_words(error)}."])
        return None


def _refusal_words(error: Exception) -> str:
    return " ".join(str(error).split())


class CatalogWriter:
    """Writes the rows that tools share, then the tools in batches.

    Tools without problems are written even if the file has others, and will not be kept: that finds what only the
    database refuses.
    """

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.summary = ImportSummary()
        self.kinds_of_new_type = self.find_kinds_of_new_type()
        ids, new_ids = self.lock_tools()
        self.shared = Shared(
            categories=self.sync_by_slug(Category, "categories", category_fields),
            kinds=self.sync_by_slug(FactKind, "fact_kinds", kind_fields),
            reviewers=self.sync_by_slug(Reviewer, "reviewers", reviewer_fields),
            ids=ids,
            new_ids=new_ids,
        )
        self.add_old_slugs_of_shared()
        self.sync_synonyms()
        self.has_ledgers = False
        self.batches = 0
        self.written: set[str] = set()

    def find_kinds_of_new_type(self) -> list[str]:
        stored = dict(FactKind.objects.values_list("slug", "value_type"))
        return [
            row["slug"]
            for row in self.contents.shared["fact_kinds"]
            if stored.get(row["slug"], row["value_type"]) != row["value_type"]
        ]

    def sync_by_slug[Kind: WithSlug](
        self, model: type[Kind], name: str, fields_of: Callable[[Row], Row]
    ) -> dict[str, Kind]:
        wanted = {row["slug"]: fields_of(row) for row in self.contents.shared[name]}
        stored = {row.slug: row for row in model._default_manager.all()}
        sync(model, wanted, stored, self.summary.of(name))
        return stored

    def lock_tools(self) -> tuple[dict[str, int], set[int]]:
        """Lock the stored tools; return {slug: id} of all tools of the file, and the ids of new ones."""
        slugs = self.contents.slugs
        with connection.cursor() as cursor:
            cursor.execute(LOCK_TOOLS, [list(slugs)])
            stored = dict(cursor.fetchall())
        slugs_of_new = [slug for slug in slugs if slug not in stored]
        new = dict(zip(slugs_of_new, new_ids(Tool, len(slugs_of_new)), strict=True))
        return stored | new, set(new.values())

    def add_old_slugs_of_shared(self) -> None:
        counts, shared = self.summary.of("old slugs"), self.shared
        lists: list[tuple[str, type[OldSlug], str, Mapping[str, WithSlug]]] = [
            ("categories", OldCategorySlug, "category", shared.categories),
            ("reviewers", OldReviewerSlug, "reviewer", shared.reviewers),
        ]
        for name, model, owner, rows in lists:
            wanted = {
                old: rows[row["slug"]].pk
                for row in self.contents.shared[name]
                for old in row.get("old_slugs", [])
            }
            counts.created += add_old_slugs(model, owner, wanted)

    def sync_synonyms(self) -> None:
        if rows := self.contents.shared["search_synonyms"]:
            wanted = {(row["term"], row["stands_for"]): synonym_fields(row) for row in rows}
            stored = {(row.term, row.stands_for): row for row in SearchSynonym.objects.all()}
            sync(SearchSynonym, wanted, stored, self.summary.of("search synonyms"))

    def write_tools(self, rows: list[ToolRow]) -> list[str]:
        """Write `rows`, and return sentences on those that contradict what is stored."""
        self.has_ledgers = self.has_ledgers or any("ledger" in row.tool for row in rows)
        self.written |= {row.tool["slug"] for row in rows}
        problems, error = self.write_batch([row.tool for row in rows])
        if error:
            problems = list(self.write_one_by_one(rows))
        self.batches += 1
        if self.batches.bit_count() == 1:
            self.analyze()
        return problems

    def write_batch(self, rows: list[Row]) -> tuple[list[str], str]:
        """Return sentences on `rows`, and what the database said if it refused them."""
        try:
            with transaction.atomic():
                return ToolBatch(rows, self.shared, self.summary).write(), ""
        except REFUSALS as error:
            return [], _refusal_words(error)

    def write_one_by_one(self, rows: list[ToolRow]) -> Iterator[str]:
        """Yield which of `rows` the database refuses, and why."""
        for row in rows:
            problems, error = self.write_batch([row.tool])
            yield from problems
            if error:
                yield f"{row.where}: the database refused it: {error}."

    def analyze(self) -> None:
        """Tell the planner, after 1, 2, 4, … batches, how much was written: nobody else sees it before the commit.

        Without it, each batch would read whole tables.
        """
        tables = ", ".join(model._meta.db_table for model in WRITTEN)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")

    def final_problems(self) -> Iterator[str]:
        """Yield sentences on what depends on all tools."""
        yield from self.facts_of_another_type()
        if self.has_ledgers:
            yield from shared_event_problems()

    def facts_of_another_type(self) -> Iterator[str]:
        """A kind whose type the file changes may have facts that the file does not name.

        Tools of the file that were not written keep their old facts for now.
        """
        facts = Fact.objects.filter(kind__slug__in=self.kinds_of_new_type)
        others = facts.exclude(value_type=F("kind__value_type"))
        others = others.exclude(tool__slug__in=self.contents.slugs.keys() - self.written)
        for kind in FactKind.objects.filter(pk__in=others.values("kind")):
            yield f"fact_kinds: {kind.type_problem()}"
