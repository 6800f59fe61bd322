"""What an intervention would change, calculated before it is made."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from tools.models import Tool
from votes.models import Choice, Intervention, Vote
from votes.networks import network_code
from votes.queries import with_tally

State = Vote.State
# The votes that an intervention changes, as in votes.actions.
CHANGES = {
    Intervention.Act.VOIDED: [State.COUNTED, State.HELD],
    Intervention.Act.RELEASED: [State.HELD, State.VOIDED],
}
BUSIEST_NETWORKS = 5


@dataclass(frozen=True)
class PreviewRow:
    """The selected votes of one state."""

    state: str
    ships: int
    skips: int
    is_changed: bool


@dataclass(frozen=True)
class Preview:
    """One tool's selected votes, and its tally before and after `act`."""

    tool: Tool
    act: Intervention.Act
    counts: dict[tuple[str, str], int]  # {(state, choice): number of selected votes}

    @property
    def rows(self) -> list[PreviewRow]:
        return [
            PreviewRow(
                state.label,
                self.counts.get((state, Choice.SHIP), 0),
                self.counts.get((state, Choice.SKIP), 0),
                state in CHANGES[self.act],
            )
            for state in State
        ]

    @property
    def votes(self) -> int:
        """The number of votes that change."""
        return sum(self._changing(choice) for choice in Choice)

    @property
    def ships_after(self) -> int:
        return self.tool.tally.ships + self._change(Choice.SHIP)

    @property
    def skips_after(self) -> int:
        return self.tool.tally.skips + self._change(Choice.SKIP)

    def _change(self, choice: str) -> int:
        if self.act == Intervention.Act.VOIDED:
            return -self.counts.get((State.COUNTED, choice), 0)
        return self._changing(choice)

    def _changing(self, choice: str) -> int:
        counts = [self.counts.get((state, choice), 0) for state in CHANGES[self.act]]
        return sum(counts)


def previews(votes: QuerySet[Vote], act: Intervention.Act) -> list[Preview]:
    """Return a Preview for each tool of `votes` that `act` changes, in the order of ids."""
    rows = votes.order_by("tool").values_list("tool", "state", "choice").annotate(count=Count("pk"))
    counts: dict[int, dict[tuple[str, str], int]] = {}
    for tool, state, choice, count in rows:
        counts.setdefault(tool, {})[state, choice] = count
    tools = with_tally(Tool.objects.all()).in_bulk(counts)
    found = [Preview(tools[pk], act, of_tool) for pk, of_tool in counts.items()]
    return [preview for preview in found if preview.votes]


def busiest_networks(votes: QuerySet[Vote]) -> list[tuple[str, int]]:
    """Return [(short code, number of `votes` from it)], the busiest first."""
    rows = votes.order_by().values_list("network").annotate(count=Count("pk"))
    busiest = rows.order_by("-count")[:BUSIEST_NETWORKS]
    return [(network_code(network), count) for network, count in busiest]
