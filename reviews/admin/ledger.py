from django.contrib import admin
from django.http import HttpRequest

from reviews.blind_review import blind_reviewer, visible_ledger
from reviews.queries import with_reviewers
from tools.admin import LedgerEntryAdmin
from tools.models import LedgerEntry, LedgerEntryQuerySet


@admin.register(LedgerEntry)
class BlindLedgerEntryAdmin(LedgerEntryAdmin):
    """Without entries that would reveal the other reviewers' opinions."""

    def get_queryset(self, request: HttpRequest) -> LedgerEntryQuerySet:
        entries = with_reviewers(super().get_queryset(request))
        return visible_ledger(entries, blind_reviewer(request.user))
