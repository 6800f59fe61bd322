"""Adding, removing and writing notes, from wherever on the site; what was pressed shows what is now."""

import json
from http import HTTPStatus

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import get_reader, make_reader, reader_id, set_cookie
from bookmarks import actions, rate_limits
from bookmarks.button import BookmarkButton
from bookmarks.forms import NoteForm, SeenForm
from bookmarks.models import MOST_BOOKMARKS, Bookmark
from bookmarks.queries import bookmark_counts
from tools.models import Tool
from tools.queries import get_tool_or_404
from web.client_address import client_address
from web.form_token import STALE_PAGE, is_from_our_page, make_form_token

TOO_MANY = (
    f"You keep {MOST_BOOKMARKS} bookmarks, which is the most there can be. Nothing was changed: remove "
    "one that you need no more, and add this one again."
)
NOT_KEPT = (
    "You have no bookmark of this tool any more, so the note was not saved. Add it again first."
)


@never_cache
@csrf_exempt  # checked by web.form_token: reading must set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def bookmark(request, slug):
    """The form page of a bookmark and its note, and where it is added."""
    return add_bookmark(request, slug) if request.method == "POST" else bookmark_form(request, slug)


def bookmark_form(request, slug):
    tool = get_tool_or_404(Tool.objects.published(), slug)
    return _form_page(request, tool, reader_id(request))


def add_bookmark(request, slug):
    tool = get_tool_or_404(Tool.objects.published(), slug)
    reader = get_reader(request)
    if refused := _refused(request, tool, reader):
        return refused
    reader = reader or make_reader(client_address(request))
    try:
        actions.add_bookmark(reader=reader, tool=tool)
    except Reader.DoesNotExist:  # forgotten in another tab since we looked
        reader = make_reader(client_address(request))
        actions.add_bookmark(reader=reader, tool=tool)
    except actions.TooManyBookmarks:
        return _answer(request, tool, reader, TOO_MANY, HTTPStatus.UNPROCESSABLE_ENTITY)
    return set_cookie(_answer(request, tool, reader, f"{tool.name} is in your bookmarks."), reader)


@never_cache
@csrf_exempt
@require_POST
def remove_bookmark(request, slug):
    # Also of a tool that is hidden by now: the list may still show it.
    tool = get_tool_or_404(Tool.objects.all(), slug)
    reader = get_reader(request)
    is_kept = Bookmark.objects.of(reader and reader.pk).filter(tool=tool).exists()
    if not (tool.is_published or is_kept):
        return bookmark_form(request, slug)
    if refused := _refused(request, tool, reader):
        return refused
    if reader:
        actions.remove_bookmark(reader=reader, tool=tool)
    return _answer(request, tool, reader, f"{tool.name} is removed from your bookmarks.")


@never_cache
@csrf_exempt
@require_POST
def write_note(request, slug):
    tool = get_tool_or_404(Tool.objects.on_record(), slug)
    reader = get_reader(request)
    if not is_from_our_page(request, reader_id(request)):
        return _note(request, tool, reader, HTTPStatus.FORBIDDEN, STALE_PAGE)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _note(
            request, tool, reader, HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(form.errors["note"])
        )
    written = reader and actions.write_note(
        reader=reader, tool=tool, note=form.cleaned_data["note"]
    )
    if not written:
        return _note(request, tool, reader, HTTPStatus.UNPROCESSABLE_ENTITY, NOT_KEPT)
    return _note(request, tool, reader, HTTPStatus.OK, "The note is saved.")


@never_cache
@csrf_exempt
@require_POST
def mark_seen(request):
    """Mark what the reader's list showed as seen: `until` is when that list was made."""
    reader = get_reader(request)
    form = SeenForm(request.POST)
    if reader and is_from_our_page(request, reader_id(request)) and form.is_valid():
        actions.mark_seen(reader=reader, until=form.cleaned_data["until"])
        return _list_changed(request, "All changes are marked as seen.")
    return _list_changed(request, STALE_PAGE)


@never_cache
@csrf_exempt
@require_POST
def clear_gone(request):
    """Forget the bookmarks of tools that are not shown any more."""
    reader = get_reader(request)
    if reader and is_from_our_page(request, reader_id(request)):
        actions.clear_gone(reader=reader)
        return _list_changed(request, "They are removed.")
    return _list_changed(request, STALE_PAGE)


def _refused(request, tool, reader):
    """The answer to what must not be done, or None."""
    if not is_from_our_page(request, reader_id(request)):
        return _answer(request, tool, reader, STALE_PAGE, HTTPStatus.FORBIDDEN)
    if empty := rate_limits.exceeded_limits(reader, network_hash(client_address(request))):
        wait = max(bucket.retry_after for bucket in empty)
        words = (
            f"That were many bookmarks in a short time. Nothing was changed; try again in {wait} s."
        )
        response = _answer(request, tool, reader, words, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(wait)
        return response
    return None


def _answer(request, tool, reader, message, status=HTTPStatus.OK):
    """Every place of the page that shows the bookmark, as it is now; a plain form gets a page."""
    known_id = reader.pk if reader else reader_id(request)
    if not request.htmx:
        if status == HTTPStatus.OK:
            return _to_page(request, tool)
        return _form_page(request, tool, known_id, message, status)
    is_kept = Bookmark.objects.of(known_id).filter(tool=tool).exists()
    is_done = status == HTTPStatus.OK
    seen = "" if is_done else message  # what was done is seen anyway
    context = {
        "button": BookmarkButton(tool, is_kept, make_form_token(known_id), seen),
        "counts": bookmark_counts(known_id),
    }
    response = render(request, "bookmarks/answer.html", context, status=status)
    return _announced(response, message, list_changed=is_kept and is_done)


def _to_page(request, tool):
    """Back to the list when the form stood there; a hidden tool has no page of its own."""
    if request.POST.get("from") == "list" or not tool.is_published:
        return HttpResponseRedirect(reverse("bookmark_list"), status=303)
    return HttpResponseRedirect(reverse("bookmark", args=[tool.slug]), status=303)


def _form_page(request, tool, known_id, message="", status=HTTPStatus.OK, **note):
    """`note`: what became of a note that was sent (`note`, `note_message`)."""
    kept = Bookmark.objects.of(known_id).filter(tool=tool).first()
    context = {
        "tool": tool,
        "bookmark": kept,
        "button": BookmarkButton(tool, kept is not None, make_form_token(known_id), message),
        "note": kept and kept.note,
    } | note
    return render(request, "bookmarks/form.html", context, status=status)


def _note(request, tool, reader, status, message):
    """The note's form with what was typed, and what became of it."""
    known_id = reader.pk if reader else reader_id(request)
    typed = request.POST.get("note", "")
    if not request.htmx:
        if status == HTTPStatus.OK:
            return _to_page(request, tool)
        told = {"note": typed, "note_message": message}
        return _form_page(request, tool, known_id, status=status, **told)
    context = {
        "tool": tool,
        "note": typed,
        "token": make_form_token(known_id),
        "message": message,
        "is_saved": status == HTTPStatus.OK,
    }
    response = render(request, "bookmarks/note.html", context, status=status)
    return _announced(response, message)


def _list_changed(request, message):
    if not request.htmx:
        return HttpResponseRedirect(reverse("bookmark_list"), status=303)
    context = {"counts": bookmark_counts(reader_id(request))}
    return _announced(render(request, "bookmarks/count.html", context), message, list_changed=True)


def _announced(response, message, *, list_changed=False):
    events = {"announce": {"value": message}}
    if list_changed:  # a list of bookmarks that stands open is read again (static/js/bookmarks.js)
        events["bookmarks-changed"] = {}
    response["HX-Trigger"] = json.dumps(events)
    return response
