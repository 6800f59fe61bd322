"""What the log of the admin says of imports: one entry when an import starts, one when it ended, one for each row.

An import whose last entry is its start was interrupted, unless it is still running.
"""

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.translation import gettext, ngettext
from import_export.results import Result, RowResult

from tools.copy_rows import copy_rows

STARTED, ENDED = ADDITION, CHANGE


def log_start(model: type[Model], user_id: int, file_name: str) -> None:
    _log(model, user_id, file_name, STARTED, gettext("Import started."))


def log_refusal(model: type[Model], user_id: int, file_name: str) -> None:
    _log(model, user_id, file_name, ENDED, gettext("Nothing was imported."))


def log_rows(model: type[Model], user_id: int, file_name: str, result: Result) -> None:
    """Record the import that is about to be committed: in its own entry, and in the history of each row."""
    by_type = {
        RowResult.IMPORT_TYPE_NEW: (ADDITION, gettext("Added by the import of “%(file)s”.")),
        RowResult.IMPORT_TYPE_UPDATE: (CHANGE, gettext("Changed by the import of “%(file)s”.")),
    }
    content_type = ContentType.objects.get_for_model(model)
    entries = [
        LogEntry(
            user_id=user_id,
            content_type=content_type,
            object_id=str(row.instance.pk),
            object_repr=str(row.instance)[:200],
            action_flag=by_type[row.import_type][0],
            change_message=by_type[row.import_type][1] % {"file": file_name[:200]},
        )
        for row in result
        if row.import_type in by_type
    ]
    copy_rows(entries)
    _log(model, user_id, file_name, ENDED, import_words(result))


def import_words(result: Result) -> str:
    new, changed = (
        result.totals[kind] for kind in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)
    )
    unchanged = result.totals[RowResult.IMPORT_TYPE_SKIP]
    if not new and not changed:
        return gettext("Nothing changes: all rows are stored like this already.")
    words = ngettext(
        "Imported: %(new)d new, %(changed)d changed and %(unchanged)d unchanged row.",
        "Imported: %(new)d new, %(changed)d changed and %(unchanged)d unchanged rows.",
        unchanged,
    )
    return words % {"new": new, "changed": changed, "unchanged": unchanged}


def last_import(model: type[Model]) -> LogEntry | None:
    """Return the newest entry of an import as a whole."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id__isnull=True
    )
    return entries.select_related("user").order_by("-pk").first()


def _log(model: type[Model], user_id: int, file_name: str, flag: int, message: str) -> None:
    LogEntry.objects.create(
        user_id=user_id,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=file_name[:200],
        action_flag=flag,
        change_message=message,
    )
