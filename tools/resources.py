"""Tools and facts as CSV: the same rules as the admin's forms, row by row."""

from diff_match_patch import diff_match_patch
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from import_export import resources
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget, Widget

from tools.actions import REASONED_FIELDS, change_tool, recorded_changes
from tools.facts import read_value, write_value
from tools.models import Category, Fact, FactKind, Tool


class SlugWidget(ForeignKeyWidget):
    """A foreign key by the slug of the other row."""

    def __init__(self, model):
        super().__init__(model, "slug")

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except self.model.DoesNotExist:
            name = self.model._meta.verbose_name
            raise ValueError(f"No {name} has the slug “{value}”.") from None


class MarkedDiff(resources.Diff):
    """The columns that differ, marked by <ins> and <del> only: the library's own needs inline styles."""

    def __init__(self, resource, instance, new):
        super().__init__(resource, instance, new)
        self.columns = resource.get_diff_headers()

    def as_html(self):
        """Return [(column, difference)], without the unchanged columns."""
        left = [""] * len(self.columns) if self.new else map(str, self.left)
        cells = zip(self.columns, left, map(str, self.right), strict=True)
        return [
            (column, self._marked(old, new))
            for column, old, new in cells
            if old != new and column != "ledger_reason"
        ]

    def _marked(self, left, right):
        compare = diff_match_patch()
        pieces = compare.diff_main(left, right)
        compare.diff_cleanupSemantic(pieces)
        tags = {compare.DIFF_INSERT: "ins", compare.DIFF_DELETE: "del", compare.DIFF_EQUAL: "span"}
        return format_html_join("", "<{0}>{1}</{0}>", ((tags[kind], text) for kind, text in pieces))


class CatalogResource(resources.ModelResource):
    """Refuses unknown columns: a misspelt one would be ignored silently."""

    def get_diff_class(self):
        return MarkedDiff

    def before_import(self, dataset, **kwargs):
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

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        if field.column_name != "ledger_reason":
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def dehydrate_ledger_reason(self, tool):
        return ""

    def get_queryset(self):
        return super().get_queryset().select_related("category", "successor")

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if import_validation_errors or original.pk is None:
            return False
        return all(
            getattr(instance, field.attribute) == getattr(original, field.attribute)
            for field in self.get_import_fields()
            if field.attribute
        )

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
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

    def before_import_row(self, row, **kwargs):
        self._reason = (row.get("ledger_reason") or "").strip()
        if len(self._reason) > 300:
            raise ValidationError({"ledger_reason": "Enter at most 300 characters."})

    def do_instance_save(self, instance, is_create):
        if is_create:
            instance.save()
        else:
            change_tool(tool=instance, reason=self._reason)


class ValueField(Field):
    """A fact's value as text; a fact without a kind has none."""

    def get_value(self, fact):
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

    def get_queryset(self):
        return super().get_queryset().select_related("tool", "kind")

    def before_import_row(self, row, **kwargs):
        """Report an empty key before the row is looked up by it."""
        for name in ["tool", "kind"]:
            if not row.get(name):
                raise ValidationError({name: "Fill in this column."})

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        if field.column_name != "value":
            super().import_field(field, instance, row, is_m2m, **kwargs)
        elif "value" in row:
            try:
                instance.value = read_value(instance.kind, row["value"])
            except ValidationError as error:
                raise ValueError(" ".join(error.messages)) from error

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        super().validate_instance(instance, None, validate_unique)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if import_validation_errors or original.pk is None:
            return False
        names = ["text", "number", "boolean", "source_url", "observed_on"]
        return all(getattr(instance, name) == getattr(original, name) for name in names)

    def do_instance_save(self, instance, is_create):
        with recorded_changes(instance.tool_id):
            instance.save()
