"""What staff do with many tools of the list at once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from reviews.actions import publish_tool
from tools.actions import change_selected
from tools.dates import date_problem
from tools.models import Category, Tool
from web.bulk_actions import Answers, BulkAction, BulkActionMixin


class BulkCategoryForm(forms.Form):
    category = forms.ModelChoiceField(Category.objects.all())


class BulkStatusForm(forms.Form):
    status = forms.ChoiceField(choices=Tool.Status)
    status_date = forms.DateField(
        label="Since",
        required=False,
        help_text="Leave empty if the tools are active, or if you do not know.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label="Reason for the change log",
        max_length=300,
        help_text="Readers see it with each published tool.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def clean_status_date(self) -> Any:
        day = self.cleaned_data["status_date"]
        if problem := date_problem(day):
            raise ValidationError(problem)
        return day


def publication_words(tool: Tool) -> str:
    if tool.published_at is None:
        return "Withdrawn" if tool.is_withdrawn else "Draft"
    return "Published" if tool.is_published else "Scheduled"


def _status_words(tool: Tool) -> str:
    since = f" since {tool.status_date:%-d %B %Y}" if tool.status_date else ""
    return f"{tool.get_status_display()}{since}"


def _publish_problem(tool: Tool) -> str:
    if tool.published_at is not None:
        return f"It is {publication_words(tool).lower()} already."
    missing = tool.missing_for_publishing()
    return f"{', '.join(missing)} missing." if missing else ""


def _publish(tool: Tool, answers: Answers) -> None:
    if tool.published_at is not None:
        raise ValidationError(_publish_problem(tool))
    publish_tool(tool=tool)


def _set_category(tool: Tool, answers: Answers) -> None:
    change_selected(tool=tool, category=answers["category"])


def _set_status(tool: Tool, answers: Answers) -> None:
    values = {"status": answers["status"], "status_date": answers["status_date"]}
    change_selected(tool=tool, reason=answers["reason"], **values)


def _published(count: int) -> str:
    return ngettext("%(count)d tool published.", "%(count)d tools published.", count) % {
        "count": count
    }


def _changed(count: int) -> str:
    return ngettext("%(count)d tool changed.", "%(count)d tools changed.", count) % {"count": count}


PUBLISH = BulkAction(
    title="Publish tools",
    lead="Each tool that is complete is published at once. Those that are not complete stay as they are.",
    now=publication_words,
    problem=_publish_problem,
    run=_publish,
    done=_published,
)
CATEGORY = BulkAction(
    title="Set the category",
    lead="Each tool gets the category that you select. The change log of published tools says so.",
    now=lambda tool: str(tool.category),
    run=_set_category,
    done=_changed,
    form=BulkCategoryForm,
)
STATUS = BulkAction(
    title="Set the status",
    lead="Each tool gets the status and the date that you enter. The change log of published tools says why.",
    now=_status_words,
    run=_set_status,
    done=_changed,
    form=BulkStatusForm,
)


class ToolBulkMixin(BulkActionMixin):
    actions = ["publish_tools", "set_category", "set_status"]

    def bulk_rows(self, request: HttpRequest) -> QuerySet[Tool]:
        return Tool.objects.select_related("category")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return self.has_change_permission(request) and user.has_perm("tools.publish_tool")

    @admin.action(description="Publish selected tools…", permissions=["publish"])
    def publish_tools(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self.run_bulk_action(request, queryset, "publish_tools", PUBLISH)

    @admin.action(description="Set the category of selected tools…", permissions=["change"])
    def set_category(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self.run_bulk_action(request, queryset, "set_category", CATEGORY)

    @admin.action(description="Set the status of selected tools…", permissions=["change"])
    def set_status(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self.run_bulk_action(request, queryset, "set_status", STATUS)
