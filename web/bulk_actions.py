"""Actions on many rows of an admin list: a page says what will change, then each row is changed on its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import ngettext

MOST_ROWS = 200
# A message names no more of the rows that were not changed.
MOST_NAMED = 20

type Answers = dict[str, Any]


@dataclass(frozen=True)
class BulkAction:
    """`now` words the present state of a row, `problem` why the action would not change it ("" if it would).

    `run` changes one row and raises ValidationError when it is refused. `done` is a sentence with a number of rows.
    """

    title: str
    lead: str
    now: Callable[[Any], str]
    run: Callable[[Any, Answers], None]
    done: Callable[[int], str]
    problem: Callable[[Any], str] = lambda row: ""
    form: type[forms.Form] = forms.Form


@dataclass
class Result:
    changed: int = 0
    refused: list[str] = field(default_factory=list)  # a sentence for each row


class BulkActionMixin(admin.ModelAdmin):
    def run_bulk_action(
        self, request: HttpRequest, queryset: QuerySet[Any], name: str, action: BulkAction
    ) -> HttpResponse | None:
        """Show the page of `action` on the selected rows; once it is confirmed, change them and return None."""
        ids = list(queryset.values_list("pk", flat=True)[: MOST_ROWS + 1])
        if len(ids) > MOST_ROWS:
            text = f"Nothing changed: more than {MOST_ROWS} rows are selected. Select fewer."
            self.message_user(request, text, messages.WARNING)
            return None
        rows = list(self.bulk_rows(request).filter(pk__in=ids))
        is_answer = "confirmed" in request.POST
        form = action.form(request.POST if is_answer else None)
        if is_answer and form.is_valid():
            self._change(request, rows, action, form.cleaned_data)
            return None
        return self._bulk_page(request, name, action, rows, form)

    def bulk_rows(self, request: HttpRequest) -> QuerySet[Any]:
        return self.model._default_manager.get_queryset()

    def _change(
        self, request: HttpRequest, rows: Sequence[Model], action: BulkAction, answers: Answers
    ) -> None:
        result = Result()
        for row in rows:
            try:
                # A transaction for each: what is refused takes nothing else along.
                with transaction.atomic():
                    action.run(row, answers)
                    self.log_change(request, row, f"{action.title}.")
            except ValidationError as error:
                result.refused.append(f"{row}: {' '.join(error.messages)}")
            else:
                result.changed += 1
        level = messages.WARNING if result.refused else messages.SUCCESS
        self.message_user(request, result_words(result, action), level)

    def _bulk_page(
        self,
        request: HttpRequest,
        name: str,
        action: BulkAction,
        rows: Sequence[Model],
        form: forms.Form,
    ) -> HttpResponse:
        plans = [(row, action.now(row), action.problem(row)) for row in rows]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": action.title,
            "lead": action.lead,
            "action": name,
            "selected_name": ACTION_CHECKBOX_NAME,
            "plans": plans,
            "changes": sum(not problem for _, _, problem in plans),
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/bulk_action.html", context, status=status)


def result_words(result: Result, action: BulkAction) -> str:
    """ "38 tools published. 2 not: Ada: …" """
    if not result.refused:
        return action.done(result.changed)
    count = len(result.refused)
    named = " ".join(result.refused[:MOST_NAMED])
    more = count - MOST_NAMED
    if more > 0:
        others = ngettext("And %(count)d other.", "And %(count)d others.", more)
        named = f"{named} {others % {'count': more}}"
    return f"{action.done(result.changed)} {count} not: {named}"
