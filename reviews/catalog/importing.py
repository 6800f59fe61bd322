"""Imports a catalogue: all of it or nothing. Importing it again changes nothing."""

from collections.abc import Callable, Mapping
from itertools import batched
from pathlib import Path
from typing import BinaryIO

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from tqdm import tqdm

from reviews.catalog.change_log import refuse_shared_events
from reviews.catalog.document import Contents, Row, read_contents, read_tools
from reviews.catalog.fields import category_fields, kind_fields, reviewer_fields, synonym_fields
from reviews.catalog.problems import Problems
from reviews.catalog.references import known_rows, list_problems, tool_problems
from reviews.catalog.rows import ImportSummary, sync
from reviews.catalog.shared import Shared
from reviews.catalog.tool_batch import ToolBatch, add_old_slugs
from reviews.models import OldReviewerSlug, PanelVerdict, Review, Reviewer
from reviews.refresh import refresh_figures
from tools.copy_rows import new_ids
from tools.models import Category, Fact, FactKind, LedgerEntry, OldCategorySlug, SearchSynonym, Tool
from tools.slugs import OldSlug, WithSlug
from tools.successors import successor_problems
from web.json_document import BadDocument

# Tools that are checked and written together: enough to share the cost of a statement, few enough for memory.
BATCH = 500
# An import may take longer than a reader's statement, and waits for staff who are saving.
PREPARE = """
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = '30s';
SET LOCAL idle_in_transaction_session_timeout = 0;
"""
LOCK = "SELECT pg_try_advisory_xact_lock(7311)"
WRITTEN = (Tool, Fact, Review, LedgerEntry, PanelVerdict)
LOCK_TOOLS = "SELECT slug, id FROM tools_tool WHERE slug = ANY(%s) ORDER BY id FOR UPDATE"


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
    except IntegrityError as error:
        message = str(error).replace("\n", " ")
        raise BadDocument([f"The database refused the import: {message}."]) from error


@transaction.atomic
def _import(file: BinaryIO, problems: Problems, bar: tqdm) -> ImportSummary:
    """Raises BadDocument, without the sentences that `problems` has got."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
        cursor.execute(LOCK)
        if not cursor.fetchone()[0]:
            raise BadDocument(["Another import is running. Wait until it has finished."])
    contents = read_contents(file, problems)
    bar.reset(contents.slugs.total())
    known = known_rows(contents)
    problems.add(list_problems(contents, known))
    writer = None
    for batch in batched(read_tools(file, contents), BATCH):
        problems.add(tool_problems(batch, known))
        if not problems:
            writer = writer or CatalogWriter(contents)
            problems.add(writer.write_tools([row for _, row in batch]))
        bar.update(len(batch))
    if problems:
        raise BadDocument([])
    return (writer or CatalogWriter(contents)).finish()


class CatalogWriter:
    """Writes a file without problems: first the rows that tools share, then the tools in batches."""

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

    def write_tools(self, rows: list[Row]) -> list[str]:
        """Write `rows`, and return sentences on those that contradict what is stored."""
        self.has_ledgers = self.has_ledgers or any("ledger" in row for row in rows)
        problems = ToolBatch(rows, self.shared, self.summary).write()
        self.batches += 1
        if self.batches.bit_count() == 1:
            self.analyze()
        return problems

    def analyze(self) -> None:
        """Tell the planner, after 1, 2, 4, … batches, how much was written: nobody else sees it before the commit.

        Without it, each batch would read whole tables.
        """
        tables = ", ".join(model._meta.db_table for model in WRITTEN)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")

    def finish(self) -> ImportSummary:
        """Check what depends on all tools. Raises BadDocument."""
        self.refuse_facts_of_another_type()
        if problems := [f"tools: successor: {problem}" for problem in successor_problems()]:
            raise BadDocument(problems)
        if self.has_ledgers:
            refuse_shared_events()
        refresh_figures()
        return self.summary

    def refuse_facts_of_another_type(self) -> None:
        """A kind whose type the file changes may have facts that the file does not name."""
        facts = Fact.objects.filter(kind__slug__in=self.kinds_of_new_type)
        others = facts.exclude(value_type=F("kind__value_type"))
        kinds = FactKind.objects.filter(pk__in=others.values("kind"))
        if problems := [f"fact_kinds: {kind.type_problem()}" for kind in kinds]:
            raise BadDocument(problems)
