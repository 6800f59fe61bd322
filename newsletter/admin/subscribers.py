from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from newsletter.admin.access import SUPPRESS, require
from newsletter.models import Subscriber
from newsletter.subscribers.actions import suppress, unsuppress
from web.read_only_admin import ReadOnlyAdminMixin

CONSENT_FORM = "admin"
MAX_DELIVERIES_SHOWN = 20
# {name of the action and its URL: label}
ACTIONS = {"suppress": "Suppress", "unsuppress": "Lift suppression"}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        help_text="Shown to staff in the history of this subscriber.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "autocomplete": "off"}),
    )


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """A read-only list. Staff suppress an address or lift its suppression; the owner does all else."""

    change_form_template = "admin/newsletter/subscriber/change_form.html"
    list_display = ["email", "state", "suppression_reason", "cadence", "content", "created_at"]
    list_filter = ["state", "cadence", "suppression"]
    search_fields = ["email"]
    search_help_text = "Search by the start of an email address."
    ordering = ["-pk"]
    fields = [
        "email", ("state", "suppression_reason"), ("created_at", "confirmed_at"), "cadence", "content",
        "chosen_categories", "hard_bounces",
    ]  # fmt: skip
    readonly_fields = ["suppression_reason", "content", "chosen_categories"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subscriber], search_term: str
    ) -> tuple[QuerySet[Subscriber], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset & Subscriber.objects.address_starts_with(search_term), False

    @admin.display(description="reason for suppression")
    def suppression_reason(self, subscriber: Subscriber) -> str | None:
        return subscriber.get_suppression_display() or None

    @admin.display(description="content")
    def content(self, subscriber: Subscriber) -> str:
        return "Only changes to bookmarks" if subscriber.only_bookmarks else "All tools"

    @admin.display(description="categories")
    def chosen_categories(self, subscriber: Subscriber) -> str:
        return ", ".join(category.name for category in subscriber.categories.all()) or "All"

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        view = require_http_methods(["GET", "HEAD", "POST"])(self._change_suppression)
        return [
            path(
                f"<int:pk>/{action}/",
                site.admin_view(partial(view, action=action)),
                name=f"newsletter_subscriber_{action}",
            )
            for action in ACTIONS
        ] + super().get_urls()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Subscriber | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= {
                "consents": obj.consents.all(),
                "deliveries": obj.deliveries.select_related("issue")
                .only("state", "code", "reply", "changed_at", "issue__subject", "subscriber")
                .order_by("-changed_at")[:MAX_DELIVERIES_SHOWN],
                "action": self._action_for(obj) if request.user.has_perm(SUPPRESS) else "",
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _action_for(self, subscriber: Subscriber) -> str:
        return "unsuppress" if subscriber.state == Subscriber.State.SUPPRESSED else "suppress"

    def _change_suppression(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Ask for the reason (GET) and run the action (POST). A repeated request changes nothing."""
        require(request, SUPPRESS)
        subscriber = get_object_or_404(Subscriber, pk=pk)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._run(request, subscriber, action, form.cleaned_data["reason"])
            return redirect("admin:newsletter_subscriber_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{ACTIONS[action]}: {subscriber}",
            "subscriber": subscriber,
            "action": action,
            "label": ACTIONS[action],
            "form": form,
            "back": reverse("admin:newsletter_subscriber_change", args=[pk]),
        }
        template = "admin/newsletter/subscriber/suppression.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)

    def _run(self, request: HttpRequest, subscriber: Subscriber, action: str, reason: str) -> None:
        before = subscriber.state, subscriber.suppression
        if action == "suppress":
            staff = Subscriber.Suppression.STAFF
            suppress(subscriber=subscriber, reason=staff, form=CONSENT_FORM)
        else:
            unsuppress(subscriber=subscriber, form=CONSENT_FORM)
        subscriber.refresh_from_db()
        state = subscriber.get_state_display().lower()
        if (subscriber.state, subscriber.suppression) == before:
            messages.warning(request, f"Nothing was changed: {subscriber} is already {state}.")
            return
        self.log_change(request, subscriber, f"{ACTIONS[action]}: {reason}")
        messages.success(request, f"{subscriber} is now {state}.")
