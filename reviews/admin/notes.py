"""The notes of staff on a tool: a page that lists them, adds one, marks them done and opens them again."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.staff import staff_of
from reviews.staff_notes import having_open_notes, sees_notes_of, visible_notes
from tools.models import StaffNote, Tool

# The page of a tool shows no more open notes, the page of its notes no more at all.
MOST_OPEN, MOST_LISTED = 5, 200


class NoteForm(forms.ModelForm):
    class Meta:
        model = StaffNote
        fields = ["text", "assigned_to"]
        labels = {"text": "Note", "assigned_to": "For"}
        help_texts = {
            "text": "Only staff see it.",
            "assigned_to": "Optional. It then counts on their start page until it is done.",
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True, is_staff=True).order_by("username")
        self.fields["assigned_to"].queryset = staff  # type: ignore[attr-defined]  # of a ModelChoiceField


class NotesFilter(admin.SimpleListFilter):
    title = parameter_name = "notes"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "With open notes"), ("mine", "With open notes for me")]

    def queryset(self, request: HttpRequest, tools: QuerySet[Tool]) -> QuerySet[Tool]:
        user = staff_of(request)
        match self.value():
            case "open":
                return having_open_notes(tools, user)
            case "mine":
                return having_open_notes(tools, user, assigned_to=user)
        return tools


class NotesMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        page = require_http_methods(["GET", "HEAD", "POST"])(self._notes_view)
        done, reopen = require_POST(self._done_view), require_POST(self._reopen_view)
        notes = "<int:tool_id>/notes/"
        return [
            path(notes, view(page), name="tools_tool_notes"),
            path(f"{notes}<int:note_id>/done/", view(done), name="tools_tool_note_done"),
            path(f"{notes}<int:note_id>/reopen/", view(reopen), name="tools_tool_note_reopen"),
            *super().get_urls(),
        ]

    def notes_context(self, request: HttpRequest, tool: Tool) -> dict[str, Any]:
        """Return what the page of a tool shows of its notes; {} for those who may not see them."""
        if not sees_notes_of(staff_of(request), tool):
            return {}
        notes = tool.staff_notes.filter(done_at=None).select_related("author", "assigned_to")
        newest = list(notes[: MOST_OPEN + 1])
        return {
            "notes_url": _notes_url(tool.pk),
            "open_notes": newest[:MOST_OPEN],
            "has_more_notes": len(newest) > MOST_OPEN,
        }

    def _notes_view(self, request: HttpRequest, tool_id: int) -> HttpResponse:
        """GET lists the notes; POST adds one."""
        user, tool = staff_of(request), get_object_or_404(Tool, pk=tool_id)
        can_add = user.has_perm("tools.add_staffnote")
        if not sees_notes_of(user, tool) or (request.method == "POST" and not can_add):
            raise PermissionDenied("You see the notes once your own review is handed in.")
        form = NoteForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._add(request, tool, form)
            return HttpResponseRedirect(_notes_url(tool.pk))
        notes = tool.staff_notes.select_related("author", "assigned_to")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Notes on {tool}",
            "tool": tool,
            "notes": notes.order_by("-pk")[:MOST_LISTED],
            "form": form if can_add else None,
            "can_change": user.has_perm("tools.change_staffnote"),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/tools/tool/notes.html", context, status=status)

    def _add(self, request: HttpRequest, tool: Tool, form: NoteForm) -> None:
        note = form.save(commit=False)
        note.tool, note.author = tool, staff_of(request)
        note.save()
        self.log_change(request, tool, "Note added.")
        messages.success(request, "Note added.")
        if note.assigned_to and not sees_notes_of(note.assigned_to, tool):
            text = f"{note.assigned_to} cannot see this note now: reviewers see notes on a tool after they handed in their review."
            messages.warning(request, text)

    def _done_view(self, request: HttpRequest, tool_id: int, note_id: int) -> HttpResponse:
        return self._set_done(request, tool_id, note_id, timezone.now(), "Note marked as done.")

    def _reopen_view(self, request: HttpRequest, tool_id: int, note_id: int) -> HttpResponse:
        return self._set_done(request, tool_id, note_id, None, "Note opened again.")

    def _set_done(
        self, request: HttpRequest, tool_id: int, note_id: int, at: datetime | None, said: str
    ) -> HttpResponse:
        """Set the time at which a note was done, None for an open one; a repeated request changes nothing."""
        user = staff_of(request)
        if not user.has_perm("tools.change_staffnote"):
            raise PermissionDenied
        note = get_object_or_404(visible_notes(user), pk=note_id, tool=tool_id)
        is_other = StaffNote.objects.filter(pk=note.pk, done_at__isnull=at is not None)
        if is_other.update(done_at=at):
            self.log_change(request, note.tool, said)
        messages.success(request, said)
        return HttpResponseRedirect(_notes_url(tool_id))


def _notes_url(tool_id: int) -> str:
    return reverse("admin:tools_tool_notes", args=[tool_id])
