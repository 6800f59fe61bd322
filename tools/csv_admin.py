"""CSV import with a dry run, and export, on an admin list."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ImportForm

from tools.spreadsheet import SafeCSV, read_rows

# The name of the uploaded file travels through the page that asks for confirmation.
file_name_signer = signing.TimestampSigner(salt="csv import")
HOUR = 3600


class UploadForm(ImportForm):
    import_file = forms.FileField(
        label="CSV file", widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )

    def clean_import_file(self):
        file = self.cleaned_data["import_file"]
        read_rows(file.read())
        file.seek(0)
        return file


class SignedConfirmForm(ConfirmImportForm):
    def clean_import_file_name(self):
        try:
            return file_name_signer.unsign(self.cleaned_data["import_file_name"], max_age=HOUR)
        except signing.BadSignature as error:
            raise ValidationError("Upload the file again: it is not known any more.") from error


class CSVAdminMixin(ImportExportMixin):
    """A bad row stops the whole import; whoever may add and change rows may import them."""

    formats = import_formats = export_formats = [SafeCSV]
    skip_export_form = True
    import_form_class = UploadForm
    confirm_form_class = SignedConfirmForm
    import_template_name = "admin/csv_import.html"
    import_export_change_list_template = "admin/csv_change_list.html"

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def get_confirm_form_initial(self, request, import_form):
        initial = super().get_confirm_form_initial(request, import_form)
        if "import_file_name" in initial:
            initial["import_file_name"] = file_name_signer.sign(initial["import_file_name"])
        return initial

    def process_import(self, request, **kwargs):
        if not self.has_import_permission(request):
            raise PermissionDenied
        try:
            if request.method != "POST" or self.create_confirm_form(request).is_valid():
                return super().process_import(request, **kwargs)
        except (FileNotFoundError, ValueError):
            pass  # Imported already, or a made-up format.
        return self._ask_again(request, "Nothing was imported. Upload the file again.")

    def process_dataset(self, dataset, form, request, **kwargs):
        kwargs.setdefault("rollback_on_validation_errors", True)
        return super().process_dataset(dataset, form, request, **kwargs)

    def process_result(self, result, request):
        if result.has_errors() or result.has_validation_errors():
            return self._ask_again(
                request,
                "Nothing was imported: the catalogue changed since the dry run. Upload the file again.",
            )
        return super().process_result(result, request)

    def _ask_again(self, request, message):
        messages.error(request, message)
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
        )
