"""Tools and facts as CSV: the same rules as the admin's forms, row by row."""

from collections.abc import Mapping
from typing import Any, cast

from diff_match_patch import diff_match_patch
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from import_export import resources
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget, Widget
from tablib import Dataset

from tools.actions import REASONED_FIELDS, change_tool, recorded_changes
from tools.facts import read_value, write_value
from tools.models import Category, Fact, FactKind, Tool
from tools.slugs import WithSlug

type Row = dict[str, Any]


class SlugWidget(ForeignKeyWidget):
    """A foreign key by the slug of the other row."""

    def __init__(self, model: type[WithSlug]) -> None:
        super().__init__(model, "slug")

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)
        except self.model.DoesNotExist:
            name = self.model._meta.verbose_name
            raise ValueError(f"No {name} has the slug “{value}”.") from None


class MarkedDiff(resources.Diff):
    """The columns that differ, marked by <ins> and <del> only: the library's own needs inline styles."""

    def __init__(self, resource: "CatalogResource", instance: Model, new: bool) -> None:
        super().__init__(resource, instance, new)
        self.columns = resource.get_diff_headers()

    def as_html(self) -> list[tuple[str, SafeString]]:  # type: ignore[override]  # the template is ours
        """Return [(column, difference)], without the unchanged columns."""
        left = [""] * len(self.columns) if self.new else map(str, self.left)
        cells = zip(self.columns, left, map(str, self.right), strict=True)
        return [
            (column, self._marked(old, new))
            for column, old, new in cells
            if old != new and column != "ledger_reason"
        ]

    def _marked(self, left: str, right: str) -> SafeString:
        compare = diff_match_patch()
        pieces = compare.diff_main(left, right)
        compare.diff_cleanupSemantic(pieces)
        tags = {compare.DIFF_INSERT: "ins", compare.DIFF_DELETE: "del", compare.DIFF_EQUAL: "span"}
        return format_html_join("", "<{0}>{1}</{0}>", ((tags[kind], text) for kind, text in pieces))


class CatalogResource(resources.ModelResource):
    """Refuses unknown columns: a misspelt one would be ignored silently."""

    @classmethod
    def get_diff_class(cls) -> type[resources.Diff]:
        return MarkedDiff

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        known = {field.column_name or "" for field in self.get_import_fields()}
        if unknown := [header for header in dataset.headers if header not in known]:
            raise ValidationError(
                f"Unknown columns: {', '.join(unknown)}. Allowed columns: {', '.join(sorted(known))}."
            )
        if twice := {name for name in dataset.headers if dataset.headers.count(name) > 1}:
            raise ValidationError(f"Repeated columns: {', '.join(sorted(twice))}.")


class ToolResource(CatalogResource):
    """Tools by slug. There is no column `published_at`: an import does not publish."""

    category = Field("category", "category", SlugWidget(Category))
    successor = Field("successor", "successor", SlugWidget(Tool))
    ledger_reason = Field(column_name="ledger_reason", widget=Widget(), default="")

    class Meta:
        model = Tool
        import_id_fields = ["slug"]
        fields = [
            "slug", "name", "tagline", "description", "category", "website", "entry", "pricing",
            "best_for", "skip_if", "status", "status_date", "successor", "is_sample", "ledger_reason",
        ]  # fmt: skip
        export_order = import_order = fields
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        store_instance = True

    def import_field(
        self, field: Field, instance: Tool, row: Row, is_m2m: bool = False, **kwargs: Any
    ) -> None:
        if field.column_name != "ledger_reason":
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def dehydrate_ledger_reason(self, tool: Tool) -> str:
        return ""

    def get_queryset(self) -> QuerySet[Tool]:
        return super().get_queryset().select_related("category", "successor")

    def skip_row(
        self, instance: Tool, original: Tool, row: Row, import_validation_errors: Row | None = None
    ) -> bool:
        if import_validation_errors or original.pk is None:
            return False
        return all(
            getattr(instance, field.attribute) == getattr(original, field.attribute)
            for field in self.get_import_fields()
            if field.attribute
        )

    def validate_instance(
        self,
        instance: Tool,
        import_validation_errors: Row | None = None,
        validate_unique: bool = True,
    ) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        if not instance.published_at:
            return
        before = Tool.objects.get(pk=instance.pk)
        changed = [
            name for name in REASONED_FIELDS if getattr(before, name) != getattr(instance, name)
        ]
        if changed and not self._reason:
            raise ValidationError(
                {"ledger_reason": f"Give a reason. Readers will see a new {', '.join(changed)}."}
            )

    def before_import_row(self, row: Row, **kwargs: Any) -> None:
        self._reason = (row.get("ledger_reason") or "").strip()
        if len(self._reason) > 300:
            raise ValidationError({"ledger_reason": "Enter at most 300 characters."})

    def do_instance_save(self, instance: Tool, is_create: bool) -> None:  # type: ignore[override]  # as in 4.4
        if is_create:
            instance.save()
        else:
            change_tool(tool=instance, reason=self._reason)


class ValueField(Field):
    """The value of a fact as text; a fact without a kind has none."""

    def get_value(self, instance: Model) -> str:
        fact = cast(Fact, instance)
        return write_value(fact) if fact.value_type else ""


class FactResource(CatalogResource):
    """Facts by the slugs of tool and kind."""

    tool = Field("tool", "tool", SlugWidget(Tool))
    kind = Field("kind", "kind", SlugWidget(FactKind))
    value = ValueField("value", "value", Widget())

    class Meta:
        model = Fact
        import_id_fields = ["tool", "kind"]
        fields = ["tool", "kind", "value", "source_url", "observed_on"]
        export_order = import_order = fields
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        store_instance = True

    def get_queryset(self) -> QuerySet[Fact]:
        return super().get_queryset().select_related("tool", "kind")

    def before_import_row(self, row: Row, **kwargs: Any) -> None:
        """Report an empty key before the row is looked up by it."""
        for name in ["tool", "kind"]:
            if not row.get(name):
                raise ValidationError({name: "Fill in this column."})

    def import_field(
        self, field: Field, instance: Fact, row: Row, is_m2m: bool = False, **kwargs: Any
    ) -> None:
        if field.column_name != "value":
            super().import_field(field, instance, row, is_m2m, **kwargs)
        elif "value" in row:
            try:
                instance.value = read_value(instance.kind, row["value"])
            except ValidationError as error:
                raise ValueError(" ".join(error.messages)) from error

    def validate_instance(
        self,
        instance: Fact,
        import_validation_errors: Row | None = None,
        validate_unique: bool = True,
    ) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        super().validate_instance(instance, None, validate_unique)

    def skip_row(
        self, instance: Fact, original: Fact, row: Row, import_validation_errors: Row | None = None
    ) -> bool:
        if import_validation_errors or original.pk is None:
            return False
        names = ["text", "number", "boolean", "source_url", "observed_on"]
        return all(getattr(instance, name) == getattr(original, name) for name in names)

    def do_instance_save(self, instance: Fact, is_create: bool) -> None:  # type: ignore[override]  # as in 4.4
        with recorded_changes(instance.tool_id):
            instance.save()
