"""CSV import with a dry run, and CSV export, on an admin list."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.results import Result
from tablib import Dataset

from accounts.write_limits import limit_staff_import
from tools.spreadsheet import SafeCSV, read_sheet

# The name of the uploaded file travels through the page that asks for confirmation.
file_name_signer = signing.TimestampSigner(salt="csv import")
HOUR = 3600


class UploadForm(ImportForm):
    import_file = forms.FileField(
        label="CSV file", widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )

    def clean_import_file(self) -> UploadedFile:
        file = self.cleaned_data["import_file"]
        read_sheet(file.read())
        file.seek(0)
        return file


class SignedConfirmForm(ConfirmImportForm):
    def clean_import_file_name(self) -> str:
        try:
            return file_name_signer.unsign(self.cleaned_data["import_file_name"], max_age=HOUR)
        except signing.BadSignature as error:
            raise ValidationError("The upload has expired. Upload the file again.") from error


class CSVAdminMixin(ImportExportMixin, admin.ModelAdmin):  # type: ignore[misc]  # the library overrides Django's
    """One bad row stops the whole import. Importing needs the permissions to add and to change rows."""

    formats = import_formats = export_formats = [SafeCSV]
    skip_export_form = True
    import_form_class = UploadForm
    confirm_form_class = SignedConfirmForm
    import_template_name = "admin/csv_import.html"
    import_export_change_list_template = "admin/csv_change_list.html"

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def export_action(self, request: HttpRequest) -> Any:
        try:
            return super().export_action(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            messages.error(request, "Nothing was exported: the list has no such filter.")
            return self._redirect_to("changelist")

    def get_confirm_form_initial(
        self, request: HttpRequest, import_form: forms.Form | None
    ) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        if "import_file_name" in initial:
            initial["import_file_name"] = file_name_signer.sign(initial["import_file_name"])
        return initial

    def import_action(self, request: HttpRequest, **kwargs: Any) -> TemplateResponse:
        limit_staff_import(request)
        return super().import_action(request, **kwargs)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        limit_staff_import(request)
        if not self.has_import_permission(request):
            raise PermissionDenied
        try:
            if request.method != "POST" or self.create_confirm_form(request).is_valid():
                return super().process_import(request, **kwargs)
        except (FileNotFoundError, ValueError):
            pass  # Imported already, or an invented format.
        return self._ask_again(request, "Nothing was imported. Upload the file again.")

    def process_dataset(
        self, dataset: Dataset, form: forms.Form, request: HttpRequest, **kwargs: Any
    ) -> Result:
        kwargs.setdefault("rollback_on_validation_errors", True)
        return super().process_dataset(dataset, form, request, **kwargs)

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            return self._ask_again(
                request,
                "Nothing was imported: the catalogue changed after the dry run. Upload the file again.",
            )
        return super().process_result(result, request)

    def _ask_again(self, request: HttpRequest, message: str) -> HttpResponse:
        messages.error(request, message)
        return self._redirect_to("import")

    def _redirect_to(self, page: str) -> HttpResponse:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return HttpResponseRedirect(reverse(name))
