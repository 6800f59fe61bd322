from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from accounts.staff import staff_of
from tools.models import Tool
from votes.actions import release_votes, void_votes
from votes.admin.access import InterveneMixin
from votes.admin.filters import NetworkFilter, TimeFilter, ToolFilter
from votes.burst_chart import DAYS, build_burst_chart
from votes.models import Intervention, Vote
from votes.networks import network_code
from votes.preview import Preview, previews
from votes.staff_forms import SelectedVotesForm
from votes.time_window import TimeWindow, last_days

Act = Intervention.Act
ACTIONS = {Act.RELEASED: release_votes, Act.VOIDED: void_votes}
# The names of the list's actions, which the page that asks for the reason sends again.
ACTION_NAMES = {Act.RELEASED: "release", Act.VOIDED: "void"}
TITLES = {Act.RELEASED: "Release votes", Act.VOIDED: "Void votes"}
NOTHING_TO_DO = {
    Act.RELEASED: "Nothing changed: none of the selected votes is held or voided.",
    Act.VOIDED: "Nothing changed: none of the selected votes is counted or held.",
}


def to_the_second(at: datetime) -> str:
    """Return the time with spaces at which a line breaks only between the day and the time."""
    local = timezone.localtime(at)
    return date_format(local, "j\xa0M\xa0Y, ") + date_format(local, "H:i:s\xa0e")


def _void_burst_address(tool: Tool, window: TimeWindow, network: str) -> str:
    query = {
        "tool": tool.pk,
        "since": window.start.isoformat(),
        "until": window.end.isoformat(),
        "network": network,
    }
    return reverse("admin:votes_void_burst", query=query)


@admin.register(Vote)
class VoteAdmin(InterveneMixin, admin.ModelAdmin):
    """Every vote, to view. Selected votes can be released or voided, with a reason."""

    change_list_template = "admin/votes/change_list.html"
    actions = ["release", "void"]
    list_display = [
        "cast_second", "tool_name", "choice", "state", "held_by", "reason", "network_code",
        "reader_code", "changed_second",
    ]  # fmt: skip
    list_filter = ["state", "rule", ToolFilter, TimeFilter, NetworkFilter]
    list_select_related = ["tool", "reason"]
    fields = [
        "tool", ("choice", "reason"), ("state", "rule_text"), ("cast_second", "changed_second"),
        ("network_code", "reader_code"),
    ]  # fmt: skip
    readonly_fields = ["rule_text", "cast_second", "changed_second", "network_code", "reader_code"]

    @admin.display(description="cast at")
    def cast_second(self, vote: Vote) -> str:
        return to_the_second(vote.cast_at)

    @admin.display(description="changed at")
    def changed_second(self, vote: Vote) -> str:
        return to_the_second(vote.changed_at)

    @admin.display(description="tool")
    def tool_name(self, vote: Vote) -> SafeString:
        return format_html('<a href="?tool={}">{}</a>', vote.tool.slug, vote.tool.name)

    @admin.display(description="rule")
    def held_by(self, vote: Vote) -> SafeString | None:
        """The rule by its public name, as in the vote log."""
        if not vote.rule:
            return None
        return format_html('<span title="{}">{}</span>', vote.get_rule_display(), vote.rule)

    @admin.display(description="rule")
    def rule_text(self, vote: Vote) -> str:
        return vote.get_rule_display()

    @admin.display(description="network")
    def network_code(self, vote: Vote) -> SafeString:
        code = network_code(vote.network)
        address = reverse("admin:votes_vote_changelist")
        return format_html('<a href="{}?network={}"><code>{}</code></a>', address, code, code)

    @admin.display(description="reader")
    def reader_code(self, vote: Vote) -> SafeString | None:
        return format_html("<code>{}</code>", vote.reader_id.hex[:8]) if vote.reader_id else None

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Those of a tool by the time of their last change, as the picture has them."""
        is_of_tool = bool(request.GET.get(ToolFilter.parameter_name))
        return ["-changed_at", "-pk"] if is_of_tool else ["-pk"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, self._picture(request) | (extra_context or {}))

    def _picture(self, request: HttpRequest) -> dict[str, Any]:
        """Return the picture of the votes on the selected tool, for the template; {} without a tool."""
        slug = request.GET.get(ToolFilter.parameter_name)
        tool = Tool.objects.filter(slug=slug).first() if slug and request.method == "GET" else None
        window = TimeWindow.parse(request.GET.get(TimeFilter.parameter_name, ""))
        if tool is None:
            return {}
        chart = build_burst_chart(tool, window or last_days(DAYS, timezone.now()))
        burst = window and _void_burst_address(tool, window, request.GET.get("network", ""))
        return {"tool": tool, "burst_chart": chart, "void_burst": burst}

    @admin.action(description="Release selected votes…", permissions=["intervene"])
    def release(self, request: HttpRequest, queryset: QuerySet[Vote]) -> HttpResponse | None:
        return self._intervene(request, queryset, Act.RELEASED)

    @admin.action(description="Void selected votes…", permissions=["intervene"])
    def void(self, request: HttpRequest, queryset: QuerySet[Vote]) -> HttpResponse | None:
        return self._intervene(request, queryset, Act.VOIDED)

    def _intervene(
        self, request: HttpRequest, queryset: QuerySet[Vote], act: Act
    ) -> HttpResponse | None:
        """Preview the change and ask for the reason; once there is one, make the change."""
        # By their ids alone: the list's joins would lock their tools too.
        votes = Vote.objects.filter(pk__in=queryset.order_by().values("pk"))
        is_answer = "as_of" in request.POST
        form = SelectedVotesForm(request.POST) if is_answer else SelectedVotesForm.unbound()
        if form.is_valid():
            votes = votes.filter(changed_at__lte=form.cleaned_data["as_of"])
        found = previews(votes, act)
        if not found:
            self.message_user(request, NOTHING_TO_DO[act], messages.WARNING)
            return None
        if form.is_valid():
            self._change(request, found, votes, form.cleaned_data["reason"])
            return None
        return self._page(request, found, act, form)

    def _page(
        self, request: HttpRequest, found: list[Preview], act: Act, form: SelectedVotesForm
    ) -> HttpResponse:
        across = request.POST.get("select_across", "0")
        selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": TITLES[act],
            "action": ACTION_NAMES[act],
            "is_void": act == Act.VOIDED,
            "previews": found,
            "total": sum(preview.votes for preview in found),
            "form": form,
            "across": across,
            "selected": selected[:1] if across == "1" else selected,
        }
        template = "admin/votes/vote/intervene.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)

    def _change(
        self, request: HttpRequest, found: list[Preview], votes: QuerySet[Vote], reason: str
    ) -> None:
        # A transaction per tool: each is recorded, and voters on the others do not wait for it.
        done = [
            ACTIONS[preview.act](
                staff=staff_of(request), tool=preview.tool, votes=votes, reason=reason
            )
            for preview in found
        ]
        text, link = self._summary(done), reverse("admin:votes_intervention_changelist")
        message = format_html('{} <a href="{}">View the interventions</a>', text, link)
        self.message_user(request, message, messages.SUCCESS)

    def _summary(self, done: list[Intervention]) -> str:
        count = sum(intervention.votes for intervention in done)
        if done[0].act == Act.VOIDED:
            text = ngettext("Voided {count} vote.", "Voided {count} votes.", count)
        else:
            text = ngettext("Released {count} vote.", "Released {count} votes.", count)
        return text.format(count=count)
