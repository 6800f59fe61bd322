from collections.abc import Iterable
from typing import Any, Self
from uuid import uuid4

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

from tools.models.category import Category
from tools.models.fact import FactKind
from tools.models.tool import Tool
from tools.text_length import length_constraint

SIDES = ["fact_kind", "old_category", "new_category", "old_successor", "new_successor"]

REASON_WORDS = SearchVector("reason", config="english")


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def public(self) -> Self:
        """Entries up to now, newest first, those of one event together.

        Only tools that are or were published have any: see `tools.ledger`.
        """
        return self.filter(at__lte=timezone.now()).order_by("-at", "-event", "-pk")

    def in_order(self) -> Self:
        """Oldest first, in the order in which they were written."""
        return self.order_by("at", "pk")

    def with_references(self) -> Self:
        """Load the related rows that `tools.ledger_words.describe` prints.

        Corrected entries and theirs, which are rare, in a query of their own: Postgres takes about four times
        as long to plan twelve joins as six.
        """
        corrected = LedgerEntry.objects.select_related(*SIDES).defer(*_long_texts(SIDES))
        joined = self.select_related("tool", *SIDES).defer(*_long_texts(["tool", *SIDES]))
        return joined.prefetch_related(Prefetch("corrects", corrected))


def _long_texts(names: Iterable[str]) -> list[str]:
    tools = [name for name in names if name in ("tool", "old_successor", "new_successor")]
    return [f"{tool}__description" for tool in tools]


def _index_where_set(field: str, name: str) -> models.Index:
    return models.Index(fields=[field], condition=Q(**{f"{field}__isnull": False}), name=name)


class LedgerEntry(models.Model):
    """One entry of the public change log, as data; `tools.ledger_words` puts it into words.

    Append-only: the trigger `ledger_is_append_only` refuses to update a row, or to delete one that is not
    in the future. Only `tools.ledger` writes rows. `old` and `new` are codes whose shape depends on the
    kind (see docs/catalog.md); None means nothing before or after. One action writes all entries of one
    `event`.

    Triggers: `ledger_is_append_only`, `ledger_insert_touches_tool`, `ledger_gets_a_category`.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "Added"
        WITHDRAWN = "withdrawn", "Withdrawn"
        RESTORED = "restored", "Published again"
        REVIEWED = "reviewed", "Review"
        VERDICT = "verdict", "Verdict"
        SCORE = "score", "Panel score"
        ENTRY = "entry", "Entry"
        PRICING = "pricing", "Price"
        CATEGORY = "category", "Category"
        SLUG = "slug", "Address"
        STATUS = "status", "Status"
        NAME = "name", "Name"
        TAGLINE = "tagline", "Tagline"
        BEST_FOR = "best_for", "Best for"
        SKIP_IF = "skip_if", "Skip if"
        FACT = "fact", "Fact"
        CORRECTED = "corrected", "Correction"

    # The index ledger_tool_newest serves it.
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="ledger", db_index=False)
    # That of the tool when the entry was written: a trigger sets it.
    category = models.ForeignKey(
        Category, models.PROTECT, editable=False, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=9, choices=Kind)
    event = models.UUIDField(default=uuid4)
    at = models.DateTimeField("time", default=timezone.now)
    old: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    new: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    # Of a review. The foreign key is added by the app of the reviews (reviews/migrations), because a
    # lower app never names a higher one; `reviews.queries.with_reviewers` reads it.
    review_id = models.BigIntegerField(null=True)
    # Partial indexes serve these, because most entries have none of them.
    fact_kind = models.ForeignKey(
        FactKind, models.PROTECT, null=True, related_name="+", db_index=False
    )
    old_category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False
    )
    new_category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False
    )
    old_successor = models.ForeignKey(
        Tool, models.PROTECT, null=True, related_name="+", db_index=False
    )
    new_successor = models.ForeignKey(
        Tool, models.PROTECT, null=True, related_name="+", db_index=False
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    reason = models.TextField(max_length=1000, blank=True)

    # Set by code that reads entries: the latest correction (`tools.ledger.corrected`), the name of the
    # author of the review (`reviews.queries`), and whether a reader has not seen it (`bookmarks.queries`).
    correction: "LedgerEntry | None"
    reviewer_name: str
    is_new: bool

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-event", "-pk"]
        verbose_name, verbose_name_plural = "change log entry", "change log"
        constraints = [
            length_constraint("reason", 1000, "ledger_reason_has_a_length"),
            models.CheckConstraint(
                condition=~Q(kind__in=["added", "restored"])
                | Q(old__isnull=True, new__isnull=False, new_category__isnull=False),
                name="ledger_publication_carries_the_state",
            ),
            models.CheckConstraint(
                condition=~Q(kind="withdrawn")
                | (Q(old__isnull=True, new__isnull=True) & ~Q(reason="")),
                name="ledger_withdrawal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="reviewed", review_id__isnull=False, new__isnull=False)
                | (~Q(kind="reviewed") & Q(review_id__isnull=True)),
                name="ledger_review_is_referenced",
            ),
            models.CheckConstraint(
                condition=Q(kind="fact", fact_kind__isnull=False)
                | (~Q(kind="fact") & Q(fact_kind__isnull=True)),
                name="ledger_fact_has_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="category")
                | Q(old_category__isnull=False, new_category__isnull=False),
                name="ledger_category_has_both_sides",
            ),
            models.CheckConstraint(
                condition=~Q(kind="status") | Q(old__isnull=False, new__isnull=False),
                name="ledger_status_has_both_sides",
            ),
            models.CheckConstraint(
                condition=~Q(
                    kind__in=[
                        "verdict", "score", "entry", "pricing", "slug", "name",
                        "tagline", "best_for", "skip_if", "fact",
                    ]
                )
                | Q(old__isnull=False)
                | Q(new__isnull=False),
                name="ledger_change_has_a_side",
            ),
            models.CheckConstraint(
                condition=(Q(kind="corrected", corrects__isnull=False) & ~Q(reason=""))
                | (~Q(kind="corrected") & Q(corrects__isnull=True)),
                name="ledger_correction_names_entry_and_reason",
            ),
        ]  # fmt: skip
        indexes = [
            # Search over the admin.
            GinIndex(REASON_WORDS, condition=~models.Q(reason=""), name="ledger_reason_words"),
            # The change log of the whole site by event: /changes/, its feed, and the home page.
            models.Index(fields=["-at", "-event", "-id"], name="ledger_newest"),
            # The change log of one tool: its page, its feed, /changes/?tool=, bookmarks, and its replay.
            models.Index(fields=["tool", "-at", "-event", "-id"], name="ledger_tool_newest"),
            # The same by kind: /changes/?tool=&kind=, and why a tool was withdrawn.
            models.Index(fields=["tool", "kind", "-at", "-event"], name="ledger_tool_kind_newest"),
            # The change log of one kind: /changes/?kind=, and the feed of verdicts.
            models.Index(fields=["kind", "-at", "-event", "-id"], name="ledger_kind_newest"),
            # The feed of a category.
            models.Index(fields=["category", "-at", "-event"], name="ledger_category_newest"),
            # A tool's validator: the other tools that its change log names.
            models.Index(
                fields=["tool"],
                include=["old_successor", "new_successor"],
                condition=Q(old_successor__isnull=False) | Q(new_successor__isnull=False),
                name="ledger_names_successor",
            ),
            # The entries of the events of a page.
            models.Index(fields=["event"], name="ledger_event"),
            # The corrections of an entry.
            _index_where_set("corrects", "ledger_corrects"),
            # Whether the change log refers to a row that is to be deleted.
            _index_where_set("review_id", "ledger_review"),
            _index_where_set("fact_kind", "ledger_fact_kind"),
            _index_where_set("old_category", "ledger_old_category"),
            _index_where_set("new_category", "ledger_new_category"),
            _index_where_set("old_successor", "ledger_old_successor"),
            _index_where_set("new_successor", "ledger_new_successor"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of tool {self.tool_id}, {self.at:%Y-%m-%d %H:%M %Z}"

    @property
    def corrected_entry(self) -> "LedgerEntry":
        """The entry that this correction corrects. Raises ValueError for an entry that is no correction."""
        if self.corrects is None:
            raise ValueError(f"Ledger entry {self.pk} is not a correction.")
        return self.corrects
