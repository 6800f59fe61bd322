from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tools.models import Tool
from votes.models import Vote
from votes.networks import CODE_LENGTH, in_network, is_code

MAX_TOOLS = 15


class ToolFilter(admin.SimpleListFilter):
    """The tools with the most held votes, and the one whose slug the address names."""

    title = parameter_name = "tool"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        held = Tool.objects.filter(tally__held__gt=0).order_by("-tally__held", "pk")
        rows = held.values_list("slug", "name", "tally__held")[:MAX_TOOLS]
        choices = [(slug, f"{name} ({count} held)") for slug, name, count in rows]
        selected = request.GET.get(self.parameter_name)
        if selected and selected not in dict(choices):
            choices.append((selected, selected))
        return choices

    def queryset(self, request: HttpRequest, votes: QuerySet[Vote]) -> QuerySet[Vote]:
        return votes.filter(tool__slug=self.value()) if self.value() else votes


class NetworkFilter(admin.SimpleListFilter):
    """One network by its short code, as the links of the list name it."""

    title = parameter_name = "network"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        selected = request.GET.get(self.parameter_name)
        return [(selected, selected[:CODE_LENGTH])] if selected else []

    def queryset(self, request: HttpRequest, votes: QuerySet[Vote]) -> QuerySet[Vote]:
        code = self.value()
        if not code:
            return votes
        return in_network(votes, code) if is_code(code) else votes.none()
