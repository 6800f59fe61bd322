from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from votes.actions import void_votes
from votes.admin.access import ReadOnlyMixin
from votes.models import Intervention
from votes.preview import busiest_networks, previews
from votes.staff_forms import BurstForm, WhyForm


@admin.register(Intervention)
class InterventionAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """What staff did to votes, to read; and where a burst is voided."""

    change_list_template = "admin/votes/change_list.html"
    list_display = ["at", "staff", "act", "tool", "votes", "before", "after", "why"]
    list_filter = ["act"]
    list_select_related = ["staff", "tool"]
    show_full_result_count = False
    fields = [
        "tool", ("act", "votes"), ("before", "after"), "reason", ("staff", "at"),
        ("since", "until"),
    ]  # fmt: skip
    readonly_fields = ["before", "after"]

    @admin.display(description="tally before")
    def before(self, done):
        return f"{done.ships_before} ship / {done.skips_before} skip"

    @admin.display(description="tally after")
    def after(self, done):
        return f"{done.ships_after} ship / {done.skips_after} skip"

    @admin.display(description="reason")
    def why(self, done):
        return Truncator(done.reason).chars(80)

    def get_urls(self):
        burst = self.admin_site.admin_view(self.void_burst_view)
        return [path("void-burst/", burst, name="votes_void_burst"), *super().get_urls()]

    def void_burst_view(self, request):
        return require_http_methods(["GET", "HEAD", "POST"])(self._void_burst)(request)

    def _void_burst(self, request):
        """GET chooses a burst and shows what voiding it would do; POST does it."""
        if not self.has_intervene_permission(request):
            raise PermissionDenied
        is_answer = request.method == "POST"
        data = request.POST if is_answer else request.GET
        burst = (
            BurstForm(data) if {"since", "until"} <= data.keys() else BurstForm(initial=data.dict())
        )
        why = WhyForm(data if is_answer else None)
        preview, networks = None, []
        if burst.is_valid():
            preview = next(iter(previews(burst.votes(), Intervention.Act.VOIDED)), None)
            networks = busiest_networks(burst.votes())
        if is_answer and preview and why.is_valid():
            return redirect("admin:votes_intervention_change", self._void(request, burst, why).pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Void a burst",
            "burst": burst,
            "why": why,
            "preview": preview,
            "networks": networks,
        }
        template = "admin/votes/intervention/void_burst.html"
        return TemplateResponse(request, template, context, status=422 if is_answer else 200)

    def _void(self, request, burst, why):
        return void_votes(
            staff=request.user,
            tool=burst.cleaned_data["tool"],
            votes=burst.votes(),
            reason=why.cleaned_data["reason"],
            since=burst.cleaned_data["since"],
            until=burst.cleaned_data["until"],
        )
