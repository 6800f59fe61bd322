"""CSV import with a dry run, and CSV export, on an admin list."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.results import Result
from tablib import Dataset

from accounts.staff import staff_of
from accounts.write_limits import limit_staff_import
from tools.csv_reading import read_sheet
from tools.import_log import STARTED, import_words, last_import, log_refusal, log_rows, log_start
from tools.import_progress import running_import
from tools.spreadsheet import SafeCSV
from web.long_statements import long_statements

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
    skip_admin_log = True  # `import_log` writes it, in the transaction of the import

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

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        running, last = running_import(), last_import(cast(Any, self.model))
        is_interrupted = last and last.action_flag == STARTED and not running
        return {"running": running, "last_import": last, "is_interrupted": is_interrupted}

    def import_action(self, request: HttpRequest, **kwargs: Any) -> Any:
        if not self.has_import_permission(request):
            raise PermissionDenied
        if "progress" in request.GET:
            return self._progress()
        limit_staff_import(request)
        if request.method == "POST" and (refusal := self._refusal_while_another_runs(request)):
            return refusal
        with long_statements():
            return super().import_action(request, **kwargs)

    def _progress(self) -> HttpResponse:
        progress = running_import()
        if progress is None:
            return JsonResponse({})
        words = {"words": progress.words, "done": progress.done, "rows": progress.rows}
        return JsonResponse(words)

    def _refusal_while_another_runs(self, request: HttpRequest) -> HttpResponse | None:
        if progress := running_import():
            words = f"Another import is running: {progress.words} Wait until it has finished."
            return self._ask_again(request, words)
        return None

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        limit_staff_import(request)
        if not self.has_import_permission(request):
            raise PermissionDenied
        if refusal := self._refusal_while_another_runs(request):
            return refusal
        try:
            if request.method != "POST" or self.create_confirm_form(request).is_valid():
                return super().process_import(request, **kwargs)
        except (FileNotFoundError, ValueError):
            pass  # Imported already, or an invented format.
        return self._ask_again(request, "Nothing was imported. Upload the file again.")

    def process_dataset(
        self, dataset: Dataset, form: forms.Form, request: HttpRequest, **kwargs: Any
    ) -> Result:
        """Import the rows with their log entries, or nothing. Only the entry of the start stays when it is killed."""
        log_about = (
            cast(Any, self.model),
            staff_of(request).pk,
            form.cleaned_data["original_file_name"],
        )
        log_start(*log_about)
        with long_statements():
            kwargs.setdefault("rollback_on_validation_errors", True)
            result = super().process_dataset(dataset, form, request, **kwargs)
            if result.has_errors() or result.has_validation_errors():
                log_refusal(*log_about)
            else:
                log_rows(*log_about, result)
        return result

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            return self._ask_again(
                request,
                "Nothing was imported: the catalogue changed after the dry run. Upload the file again.",
            )
        return super().process_result(result, request)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        messages.success(request, import_words(result))

    def _ask_again(self, request: HttpRequest, message: str) -> HttpResponse:
        messages.error(request, message)
        return self._redirect_to("import")

    def _redirect_to(self, page: str) -> HttpResponse:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return HttpResponseRedirect(reverse(name))
