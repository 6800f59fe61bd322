"""Which notes between staff a member of staff may see: a note can reveal what the others think of a tool."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from reviews.blind_review import blind_reviewer, is_open, sees_others_of
from tools.models import StaffNote, StaffNoteQuerySet, Tool

VIEW = "tools.view_staffnote"


def visible_notes(user: User) -> StaffNoteQuerySet:
    """Return the notes that `user` may see: for a reviewer with blind entry, those of open tools."""
    if not user.has_perm(VIEW):
        return StaffNote.objects.none()
    try:
        reviewer = blind_reviewer(user)
    except PermissionDenied:
        return StaffNote.objects.none()
    return StaffNote.objects.filter(is_open(reviewer, "tool"))


def sees_notes_of(user: User, tool: Tool) -> bool:
    try:
        return user.has_perm(VIEW) and sees_others_of(user, tool)
    except PermissionDenied:
        return False


def having_open_notes(
    tools: QuerySet[Tool], user: User, *, assigned_to: User | None = None
) -> QuerySet[Tool]:
    """Return the tools with an open note that `user` may see, or with one for a member of staff."""
    notes = visible_notes(user).open().filter(tool=OuterRef("pk"))
    if assigned_to:
        notes = notes.filter(assigned_to=assigned_to)
    return tools.filter(Exists(notes))


def with_open_notes(tools: QuerySet[Tool], user: User) -> QuerySet[Tool]:
    """Annotate `open_notes`: how many open notes `user` may see."""
    notes = visible_notes(user).open().filter(tool=OuterRef("pk")).order_by()
    counts = notes.values("tool").annotate(count=Count("pk")).values("count")
    return tools.annotate(open_notes=Coalesce(Subquery(counts), 0))
