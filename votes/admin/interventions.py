from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from accounts.staff import staff_of
from votes.actions import void_votes
from votes.admin.access import InterveneMixin
from votes.models import Intervention
from votes.preview import busiest_networks, previews
from votes.staff_forms import BurstForm, InterventionReasonForm


@admin.register(Intervention)
class InterventionAdmin(InterveneMixin, admin.ModelAdmin):
    """The interventions of staff, to view, and the page that voids a burst."""

    change_list_template = "admin/votes/change_list.html"
    list_display = ["at", "staff", "act", "tool", "votes", "before", "after", "short_reason"]
    list_filter = ["act"]
    list_select_related = ["staff", "tool"]
    show_full_result_count = False
    fields = [
        "tool", ("act", "votes"), ("before", "after"), "reason", ("staff", "at"),
        ("since", "until"),
    ]  # fmt: skip
    readonly_fields = ["before", "after"]

    @admin.display(description="tally before")
    def before(self, intervention: Intervention) -> str:
        return f"{intervention.ships_before} ship / {intervention.skips_before} skip"

    @admin.display(description="tally after")
    def after(self, intervention: Intervention) -> str:
        return f"{intervention.ships_after} ship / {intervention.skips_after} skip"

    @admin.display(description="reason")
    def short_reason(self, intervention: Intervention) -> str:
        return Truncator(intervention.reason).chars(80)

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self._void_burst_view)
        void_burst = path("void-burst/", self.admin_site.admin_view(view), name="votes_void_burst")
        return [void_burst, *super().get_urls()]

    def _void_burst_view(self, request: HttpRequest) -> HttpResponse:
        """GET selects a burst and previews what voiding it would change; POST voids it."""
        if not self.has_intervene_permission(request):
            raise PermissionDenied
        is_post = request.method == "POST"
        burst = _burst_form(request.POST if is_post else request.GET)
        reason_form = InterventionReasonForm(request.POST if is_post else None)
        context: dict[str, Any] = {"burst": burst, "reason_form": reason_form}
        if burst.is_valid():
            votes = burst.votes()
            context["preview"] = next(iter(previews(votes, Intervention.Act.VOIDED)), None)
            context["networks"] = busiest_networks(votes)
        if context.get("preview") and reason_form.is_valid():
            intervention = self._void(request, burst, reason_form)
            return redirect("admin:votes_intervention_change", intervention.pk)
        return self._page(request, context)

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Void a burst",
            **context,
        }
        template = "admin/votes/intervention/void_burst.html"
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, template, context, status=status)

    def _void(
        self, request: HttpRequest, burst: BurstForm, reason_form: InterventionReasonForm
    ) -> Intervention:
        return void_votes(
            staff=staff_of(request),
            tool=burst.cleaned_data["tool"],
            votes=burst.votes(),
            reason=reason_form.cleaned_data["reason"],
            since=burst.cleaned_data["since"],
            until=burst.cleaned_data["until"],
        )


def _burst_form(data: QueryDict) -> BurstForm:
    is_complete = {"since", "until"} <= data.keys()
    return BurstForm(data) if is_complete else BurstForm(initial=data.dict())
