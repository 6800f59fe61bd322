from django.contrib import admin

from tools.models import Tool
from votes.networks import CODE_LENGTH, in_network, is_code

MOST_HELD = 15


class ToolFilter(admin.SimpleListFilter):
    """The tools with the most held votes, and whichever the address names by its slug."""

    title = parameter_name = "tool"

    def lookups(self, request, model_admin):
        held = Tool.objects.filter(tally__held__gt=0).order_by("-tally__held", "pk")
        rows = held.values_list("slug", "name", "tally__held")[:MOST_HELD]
        found = [(slug, f"{name} ({count} held)") for slug, name, count in rows]
        asked = request.GET.get(self.parameter_name)
        if asked and asked not in dict(found):
            found.append((asked, asked))
        return found

    def queryset(self, request, votes):
        return votes.filter(tool__slug=self.value()) if self.value() else votes


class NetworkFilter(admin.SimpleListFilter):
    """One network by its short code, as the links of the list name it."""

    title = parameter_name = "network"

    def lookups(self, request, model_admin):
        asked = request.GET.get(self.parameter_name)
        return [(asked, asked[:CODE_LENGTH])] if asked else []

    def queryset(self, request, votes):
        if not self.value():
            return votes
        return in_network(votes, self.value()) if is_code(self.value()) else votes.none()
