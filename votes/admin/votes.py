from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import BadRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from votes.actions import release_votes, void_votes
from votes.admin.access import ReadOnlyMixin
from votes.admin.filters import NetworkFilter, ToolFilter
from votes.models import Intervention, Vote
from votes.networks import network_code
from votes.preview import previews
from votes.staff_forms import ChosenVotesForm
from web.uncounted_changelist import UncountedChangeListMixin

Act = Intervention.Act
ACTIONS = {Act.RELEASED: release_votes, Act.VOIDED: void_votes}
VERBS = {Act.RELEASED: "release", Act.VOIDED: "void"}


@admin.register(Vote)
class VoteAdmin(UncountedChangeListMixin, ReadOnlyMixin, admin.ModelAdmin):
    """Every vote, to read; the chosen ones can be released or voided, with a reason."""

    change_list_template = "admin/votes/change_list.html"
    actions = ["release", "void"]
    list_display = [
        "cast_at", "tool_name", "choice", "state", "held_by", "reason", "network_code",
        "reader_code", "changed_at",
    ]  # fmt: skip
    list_filter = ["state", "rule", ToolFilter, NetworkFilter]
    list_select_related = ["tool", "reason"]
    ordering = ["-pk"]
    fields = [
        "tool", ("choice", "reason"), ("state", "why"), ("cast_at", "changed_at"),
        ("network_code", "reader_code"),
    ]  # fmt: skip
    readonly_fields = ["why", "network_code", "reader_code"]

    @admin.display(description="tool")
    def tool_name(self, vote):
        return format_html('<a href="?tool={}">{}</a>', vote.tool.slug, vote.tool.name)

    @admin.display(description="why")
    def held_by(self, vote):
        """The rule by its public name, as the audit has it."""
        if not vote.rule:
            return None
        return format_html('<span title="{}">{}</span>', vote.get_rule_display(), vote.rule)

    @admin.display(description="why")
    def why(self, vote):
        return vote.get_rule_display()

    @admin.display(description="network")
    def network_code(self, vote):
        code = network_code(vote.network)
        address = reverse("admin:votes_vote_changelist")
        return format_html('<a href="{}?network={}"><code>{}</code></a>', address, code, code)

    @admin.display(description="reader")
    def reader_code(self, vote):
        return format_html("<code>{}</code>", vote.reader_id.hex[:8]) if vote.reader_id else None

    def response_action(self, request, queryset, action_location=ActionLocation.CHANGE_LIST):
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(pk.isdecimal() and len(pk) < 19 for pk in chosen):
            raise BadRequest("A vote is named by its number.")
        return super().response_action(request, queryset, action_location)

    @admin.action(description="Release the chosen votes…", permissions=["intervene"])
    def release(self, request, queryset):
        return self._intervene(request, queryset, Act.RELEASED)

    @admin.action(description="Void the chosen votes…", permissions=["intervene"])
    def void(self, request, queryset):
        return self._intervene(request, queryset, Act.VOIDED)

    def _intervene(self, request, queryset, act):
        """Show what would happen and ask why; with a reason, do it."""
        # By their ids alone: the list's joins would have their tools locked too.
        votes = Vote.objects.filter(pk__in=queryset.order_by().values("pk"))
        is_answer = "as_of" in request.POST
        form = ChosenVotesForm(request.POST) if is_answer else ChosenVotesForm.blank()
        if is_answer and form.is_valid():
            votes = form.still_as_shown(votes)
        found = previews(votes, act)
        if not found:
            message = f"Nothing was changed: none of the chosen votes can be {act}."
            self.message_user(request, message, messages.WARNING)
            return None
        if form.is_valid():
            return self._act(request, found, votes, act, form.cleaned_data["reason"])
        across = request.POST.get("select_across", "0")
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{VERBS[act].capitalize()} votes",
            "verb": VERBS[act],
            "previews": found,
            "total": sum(preview.votes for preview in found),
            "form": form,
            "across": across,
            "chosen": chosen[:1] if across == "1" else chosen,
        }
        template = "admin/votes/vote/intervene.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)

    def _act(self, request, found, votes, act, reason):
        # A transaction per tool: each is written down, and voters on the others do not wait for it.
        done = [
            ACTIONS[act](staff=request.user, tool=preview.tool, votes=votes, reason=reason)
            for preview in found
        ]
        message = format_html(
            'Votes {}: {}, on {} tool{}. <a href="{}">What was done</a>',
            act,
            sum(intervention.votes for intervention in done),
            len(done),
            "" if len(done) == 1 else "s",
            reverse("admin:votes_intervention_changelist"),
        )
        self.message_user(request, message, messages.SUCCESS)
