from django.contrib import admin

from reviews.blind_review import blind_reviewer, visible_ledger
from tools.admin import LedgerEntryAdmin
from tools.models import LedgerEntry


@admin.register(LedgerEntry)
class BlindLedgerEntryAdmin(LedgerEntryAdmin):
    """Without entries that would reveal the other reviewers' opinions."""

    def get_queryset(self, request):
        return visible_ledger(super().get_queryset(request), blind_reviewer(request.user))
