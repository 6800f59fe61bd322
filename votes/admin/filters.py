from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tools.models import Tool
from votes.models import Vote
from votes.networks import CODE_LENGTH, in_network, is_code
from votes.time_window import TimeWindow

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
        slug = self.value()
        if not slug:
            return votes
        # By the id, whose votes Postgres knows to be many or few.
        return votes.filter(
            tool=Tool.objects.filter(slug=slug).values_list("pk", flat=True).first()
        )


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


class TimeFilter(admin.SimpleListFilter):
    """The time in which votes on one tool were cast or last changed, as the picture's links name it."""

    title = parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        selected = request.GET.get(self.parameter_name, "")
        window = TimeWindow.parse(selected)
        if not window:
            return [(selected, "No such time")] if selected else []
        return [
            (selected, f"{window.start:%-d %b %Y, %H:%M:%S} to {window.end:%-d %b, %H:%M:%S} UTC")
        ]

    def queryset(self, request: HttpRequest, votes: QuerySet[Vote]) -> QuerySet[Vote]:
        selected = self.value()
        if not selected:
            return votes
        window = TimeWindow.parse(selected)
        # Without a tool, no index finds the votes of a time.
        is_of_tool = bool(request.GET.get(ToolFilter.parameter_name))
        return window.select(votes) if window and is_of_tool else votes.none()
