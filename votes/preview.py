"""What an intervention would do, before anybody does it."""

from dataclasses import dataclass

from django.db.models import Count

from tools.models import Tool
from votes.models import Choice, Intervention, Vote
from votes.networks import network_code
from votes.queries import with_tally

State = Vote.State
# The votes that an act changes, as votes.actions has it.
CHANGES = {
    Intervention.Act.VOIDED: [State.COUNTED, State.HELD],
    Intervention.Act.RELEASED: [State.HELD, State.VOIDED],
}
BUSIEST = 5


@dataclass(frozen=True)
class Preview:
    """One tool's chosen votes, and its tally before and after `act`."""

    tool: Tool
    act: str
    counts: dict  # {(state, choice): how many of the chosen votes}

    @property
    def rows(self):
        """(the state's name, ships, skips, whether the act changes such votes)"""
        return [
            (
                state.label,
                self.counts.get((state, Choice.SHIP), 0),
                self.counts.get((state, Choice.SKIP), 0),
                state in CHANGES[self.act],
            )
            for state in State
        ]

    @property
    def votes(self):
        """How many votes the act changes."""
        return sum(count for (state, _), count in self.counts.items() if state in CHANGES[self.act])

    @property
    def ships_after(self):
        return self.tool.tally.ships + self._moved(Choice.SHIP)

    @property
    def skips_after(self):
        return self.tool.tally.skips + self._moved(Choice.SKIP)

    def _moved(self, choice):
        if self.act == Intervention.Act.VOIDED:
            return -self.counts.get((State.COUNTED, choice), 0)
        return sum(self.counts.get((state, choice), 0) for state in CHANGES[self.act])


def previews(votes, act):
    """A Preview of `act` for each tool of `votes` (a queryset) that it changes, in the order of ids."""
    rows = votes.order_by("tool").values_list("tool", "state", "choice").annotate(count=Count("pk"))
    counts = {}
    for tool, state, choice, count in rows:
        counts.setdefault(tool, {})[state, choice] = count
    tools = with_tally(Tool.objects.all()).in_bulk(counts)
    found = [Preview(tools[pk], act, of_tool) for pk, of_tool in counts.items()]
    return [preview for preview in found if preview.votes]


def busiest_networks(votes):
    """[(short code, how many of `votes` came from it)], the busiest first."""
    rows = votes.order_by().values_list("network").annotate(count=Count("pk"))
    return [(network_code(network), n) for network, n in rows.order_by("-count")[:BUSIEST]]
