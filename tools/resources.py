"""Tools and facts as CSV: the same rules as the admin's forms, for each row."""

from collections.abc import Iterable
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget, Widget
from tablib import Dataset

from tools.actions import REASONED_FIELDS
from tools.copy_rows import new_ids
from tools.csv_resource import BATCH, CatalogResource, Row
from tools.csv_values import IsoDateWidget, YesNoWidget, as_value_error
from tools.facts import read_value, write_value
from tools.ledger_state import State
from tools.models import Category, Fact, FactKind, OldToolSlug, Tool
from tools.successors import successor_problems

LONGEST_REASON = 300


class ToolResource(CatalogResource):
    """Tools by slug. There is no column `published_at`: an import does not publish."""

    REFERENCES = ("category", "successor")

    category = Field("category", "category", ForeignKeyWidget(Category, "slug"))
    successor = Field("successor", "successor", ForeignKeyWidget(Tool, "slug"))
    status_date = Field("status_date", "status_date", IsoDateWidget())
    is_sample = Field("is_sample", "is_sample", YesNoWidget())
    ledger_reason = Field(column_name="ledger_reason", widget=Widget(), default="")

    class Meta:
        model = Tool
        import_id_fields = ["slug"]
        fields = [
            "slug", "name", "tagline", "description", "category", "website", "entry", "pricing",
            "best_for", "skip_if", "status", "status_date", "successor", "is_sample", "ledger_reason",
        ]  # fmt: skip
        export_order = import_order = fields
        use_bulk = True
        batch_size = BATCH
        skip_diff = True  # ours copies less
        report_skipped = True
        store_instance = True

    def load(self, dataset: Dataset) -> None:
        slugs = set(_column(dataset, "slug"))
        self.lock(slugs)
        tools = self.get_queryset().filter(slug__in=slugs)
        self.stored = {(tool.slug,): tool for tool in tools}
        self.ids = iter(new_ids(Tool, len(slugs) - len(self.stored)))
        old_slugs = OldToolSlug.objects.filter(slug__in=slugs).select_related("tool")
        self.old_slugs = {old.slug: old.tool for old in old_slugs}
        successors = Tool.objects.filter(slug__in=set(_column(dataset, "successor")))
        self.referenced = {
            "category": {category.slug: category for category in Category.objects.all()},
            "successor": {tool.slug: tool for tool in successors.only("slug", "name")},
        }

    def get_queryset(self) -> QuerySet[Tool]:
        return super().get_queryset().select_related("category", "successor")

    def get_bulk_update_fields(self) -> list[str]:
        columns = [field.attribute for field in self.get_import_fields() if field.attribute]
        return [name for name in columns if name in self.columns and name != "slug"]

    def before_import_row(self, row: Row, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        self.reason = (row.get("ledger_reason") or "").strip()
        if len(self.reason) > LONGEST_REASON:
            raise ValidationError({"ledger_reason": f"Enter at most {LONGEST_REASON} characters."})

    def init_instance(self, row: Row | None = None) -> Tool:
        """Give a new tool its id at once, so that a later row can name it as successor."""
        return Tool(pk=next(self.ids, None))

    def import_field(
        self, field: Field, instance: Model, row: Row, is_m2m: bool = False, **kwargs: Any
    ) -> None:
        if field.column_name != "ledger_reason":
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def dehydrate_ledger_reason(self, tool: Tool) -> str:
        return ""

    def skip_row(
        self, instance: Tool, original: None, row: Row, import_validation_errors: Row | None = None
    ) -> bool:
        if import_validation_errors or self.original is None:
            return False
        return all(
            getattr(instance, field.attribute) == getattr(self.original, field.attribute)
            for field in self.get_import_fields()
            if field.attribute
        )

    def clean(self, instance: Tool) -> None:
        owner = self.old_slugs.get(instance.slug)
        if owner and owner.pk != instance.pk:
            raise ValidationError({"slug": f"“{instance.slug}” still redirects to {owner}."})
        instance.clean_state()
        if instance.published_at and not self.reason:
            before = self.before[instance.pk]
            names = [name for name in REASONED_FIELDS if _differs(before, instance, name)]
            if names:
                words = f"Give a reason. Readers will see a new {', '.join(names)}."
                raise ValidationError({"ledger_reason": words})

    def problems_together(self) -> Iterable[str]:
        return successor_problems()

    def after_save_instance(self, instance: Tool, row: Row, **kwargs: Any) -> None:
        self.reasons[instance.pk] = self.reason
        self.referenced["successor"][instance.slug] = instance


class ValueField(Field):
    """The value of a fact as text; a fact without a kind has none."""

    def get_value(self, instance: Model) -> str:
        fact = cast(Fact, instance)
        return write_value(fact) if fact.value_type else ""


class FactResource(CatalogResource):
    """Facts by the slugs of tool and kind."""

    REFERENCES = ("tool", "kind")

    tool = Field("tool", "tool", ForeignKeyWidget(Tool, "slug"))
    kind = Field("kind", "kind", ForeignKeyWidget(FactKind, "slug"))
    value = ValueField("value", "value", Widget())
    observed_on = Field("observed_on", "observed_on", IsoDateWidget())

    class Meta:
        model = Fact
        import_id_fields = ["tool", "kind"]
        fields = ["tool", "kind", "value", "source_url", "observed_on"]
        export_order = import_order = fields
        use_bulk = True
        batch_size = BATCH
        skip_diff = True  # ours copies less
        report_skipped = True
        store_instance = True

    def load(self, dataset: Dataset) -> None:
        tools = self.lock(set(_column(dataset, "tool")))
        facts = self.get_queryset().filter(tool__in=tools)
        self.stored = {(fact.tool.slug, fact.kind.slug): fact for fact in facts}
        self.referenced = {
            "tool": {tool.slug: tool for tool in tools},
            "kind": {kind.slug: kind for kind in FactKind.objects.all()},
        }

    def get_queryset(self) -> QuerySet[Fact]:
        return super().get_queryset().select_related("tool", "kind")

    def get_bulk_update_fields(self) -> list[str]:
        return ["value_type", "text", "number", "boolean", "source_url", "observed_on"]

    def before_import_row(self, row: Row, **kwargs: Any) -> None:
        """Report an empty key before the row is looked up by it."""
        for name in ["tool", "kind"]:
            if not row.get(name):
                raise ValidationError({name: "Fill in this column."})
        super().before_import_row(row, **kwargs)

    def import_field(
        self, field: Field, instance: Model, row: Row, is_m2m: bool = False, **kwargs: Any
    ) -> None:
        fact = cast(Fact, instance)
        if field.column_name != "value":
            super().import_field(field, instance, row, is_m2m, **kwargs)
        elif "value" in row and fact.kind_id:
            try:
                fact.value = read_value(fact.kind, row["value"])
            except ValidationError as error:
                raise as_value_error(error) from error

    def clean(self, instance: Fact) -> None:
        instance.clean()

    def skip_row(
        self, instance: Fact, original: None, row: Row, import_validation_errors: Row | None = None
    ) -> bool:
        if import_validation_errors or self.original is None:
            return False
        names = ["text", "number", "boolean", "source_url", "observed_on"]
        return all(getattr(instance, name) == getattr(self.original, name) for name in names)


def _column(dataset: Dataset, name: str) -> list[str]:
    """Return the cells of a column, none of them if it is missing."""
    return dataset[name] if name in dataset.headers else []


def _differs(before: State, tool: Tool, name: str) -> bool:
    return (getattr(before, name) or "") != (getattr(tool, name) or "")
