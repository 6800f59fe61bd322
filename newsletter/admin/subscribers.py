from functools import partial

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from newsletter.admin.access import SUPPRESS, require
from newsletter.models import Subscriber
from newsletter.subscribers.actions import release, suppress
from web.read_only_admin import ReadOnlyAdminMixin
from web.uncounted_changelist import UncountedChangeListMixin

FORM = "desk"  # what a consent says of where it was given
SHOWN_DELIVERIES = 20


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        help_text="Other staff see it in the history of this address.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "autocomplete": "off"}),
    )


@admin.register(Subscriber)
class SubscriberAdmin(UncountedChangeListMixin, ReadOnlyAdminMixin, admin.ModelAdmin):
    """Every address, to read. Staff suppress and release one with a reason; all else its owner does."""

    change_form_template = "admin/newsletter/subscriber/change_form.html"
    list_display = ["email", "state", "why", "cadence", "wants", "created_at"]
    list_filter = ["state", "cadence", "suppression"]
    search_fields = ["email"]
    search_help_text = "How the address begins"
    ordering = ["-pk"]
    fields = [
        "email", ("state", "why"), ("created_at", "confirmed_at"), "cadence", "wants", "chosen_categories",
        "hard_bounces",
    ]  # fmt: skip
    readonly_fields = ["why", "wants", "chosen_categories"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset & Subscriber.objects.whose_address_begins(search_term), False

    @admin.display(description="why")
    def why(self, subscriber):
        return subscriber.get_suppression_display() or None

    @admin.display(description="wants")
    def wants(self, subscriber):
        return "Only changes to bookmarks" if subscriber.only_bookmarks else "News of every tool"

    @admin.display(description="of the categories")
    def chosen_categories(self, subscriber):
        return ", ".join(category.name for category in subscriber.categories.all()) or "All"

    def get_urls(self):
        site = self.admin_site
        act = require_http_methods(["GET", "HEAD", "POST"])(self._change_standing)
        return [
            path(
                f"<int:pk>/{verb}/",
                site.admin_view(partial(act, verb=verb)),
                name=f"newsletter_subscriber_{verb}",
            )
            for verb in ["suppress", "release"]
        ] + super().get_urls()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context |= {
                "consents": obj.consents.all(),
                "deliveries": obj.deliveries.select_related("issue")
                .only("state", "code", "reply", "changed_at", "issue__subject", "subscriber")
                .order_by("-changed_at")[:SHOWN_DELIVERIES],
                "verb": self._verb_for(obj) if request.user.has_perm(SUPPRESS) else "",
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _verb_for(self, subscriber):
        return "release" if subscriber.state == Subscriber.State.SUPPRESSED else "suppress"

    def _change_standing(self, request, pk, verb):
        """GET asks for the reason; POST suppresses or releases. Pressed twice it happens once."""
        require(request, SUPPRESS)
        subscriber = get_object_or_404(Subscriber, pk=pk)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._act(request, subscriber, verb, form.cleaned_data["reason"])
            return redirect("admin:newsletter_subscriber_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{verb.capitalize()} {subscriber}",
            "subscriber": subscriber,
            "verb": verb,
            "form": form,
            "back": reverse("admin:newsletter_subscriber_change", args=[pk]),
        }
        template = "admin/newsletter/subscriber/standing.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)

    def _act(self, request, subscriber, verb, reason):
        before = subscriber.state, subscriber.suppression
        if verb == "suppress":
            suppress(subscriber=subscriber, why=Subscriber.Suppression.STAFF, form=FORM)
        else:
            release(subscriber=subscriber, form=FORM)
        subscriber.refresh_from_db()
        if (subscriber.state, subscriber.suppression) == before:
            messages.warning(request, f"Nothing was changed: {subscriber} is as it was.")
            return
        self.log_change(request, subscriber, f"{verb.capitalize()}: {reason}")
        messages.success(request, f"{subscriber} is now {subscriber.get_state_display().lower()}.")
