from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tools.models import LedgerEntry, Tool

# What of a tool the ledger tells of when it changes: field → kind of entry.
RECORDED_FIELDS = {
    "name": LedgerEntry.Kind.RENAMED,
    "entry": LedgerEntry.Kind.ENTRY_CHANGED,
    "pricing": LedgerEntry.Kind.PRICE_CHANGED,
    "status": LedgerEntry.Kind.STATUS_CHANGED,
}


@transaction.atomic
def publish_tool(*, tool, at=None):
    """Show `tool` to readers from `at` on (now, unless given). Publishing again changes nothing.

    Raises ValidationError that names what is missing.
    """
    stored = Tool.objects.select_for_update(of=("self",)).get(pk=tool.pk)
    if stored.published_at is not None:
        tool.published_at = stored.published_at
        return
    if missing := stored.missing_for_publishing():
        raise ValidationError(f"Not published: {', '.join(missing)} missing.")
    tool.published_at = stored.published_at = at or timezone.now()
    stored.save(update_fields=["published_at"])
    LedgerEntry.objects.create(
        tool=stored, kind=LedgerEntry.Kind.PUBLISHED, new=stored.name, at=tool.published_at
    )


@transaction.atomic
def unpublish_tool(*, tool):
    """Hide `tool` from readers. Its reviews and its ledger stay, and come back with it.

    What the ledger would have told at a later date (a scheduled publication) is withdrawn.
    """
    LedgerEntry.objects.filter(tool=tool, at__gt=timezone.now()).delete()
    Tool.objects.filter(pk=tool.pk).update(published_at=None)
    tool.published_at = None


@transaction.atomic
def change_tool(*, tool, reason=""):
    """Save an edited `tool` and write into its ledger what readers of a published one will notice."""
    before = Tool.objects.select_for_update(of=("self",)).get(pk=tool.pk)
    tool.published_at = before.published_at
    tool.save()
    if before.published_at is not None:
        LedgerEntry.objects.bulk_create(change_entries(before, tool, reason=reason))


def change_entries(before, after, *, reason=""):
    """Return the ledger entries, not saved, for what readers notice between two states of a tool."""
    return [
        LedgerEntry(
            tool=after,
            kind=kind,
            old=_words(before, field),
            new=_words(after, field),
            reason=reason,
        )
        for field, kind in RECORDED_FIELDS.items()
        if getattr(before, field) != getattr(after, field)
    ]


@transaction.atomic
def correct_ledger(*, entry, correction, reason):
    """Answer a wrong ledger entry with a new one of the kind *corrected*; the wrong one stays."""
    return LedgerEntry.objects.create(
        tool=entry.tool,
        kind=LedgerEntry.Kind.CORRECTED,
        subject=entry.get_kind_display(),
        old=entry.new,
        new=correction,
        reason=reason,
    )


def _words(tool, field):
    """The words that readers see for a field's value."""
    if field == "status" and tool.successor and tool.successor.is_published:
        return f"{tool.get_status_display()}, use {tool.successor}"
    display = getattr(tool, f"get_{field}_display", None)
    return display() if display else getattr(tool, field)
