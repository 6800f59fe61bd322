"""The bottom line of a comparison, chosen by the rules that /method/ prints."""

from collections.abc import Sequence
from dataclasses import dataclass

from comparisons.bottom_line_rules import Outcome, Thresholds
from comparisons.bottom_line_text import choose_by, figures, headline, sentence_values
from comparisons.disagreement import disagreement
from comparisons.pairs import Decision, Pair, all_pairs, decide
from comparisons.robustness import robustness
from comparisons.thin import thin_figures
from reviews.models import Review
from reviews.paired import Weights
from votes.models import Tally


@dataclass(frozen=True)
class BottomLine:
    """All texts are whole sentences."""

    outcome: Outcome
    # The outcome by scores alone, which readers' votes do not change.
    of_panel: Outcome
    headline: str
    figures: str
    # On tools that are discontinued, paused or succeeded by another: they come first. Or "".
    status: str = ""
    # Under how many weightings of the reviewers the top tool wins, or "".
    robustness: str = ""
    # The place, from 0, of the tool that the panel leads or leans to.
    pick: int | None = None

    @property
    def sentence(self) -> str:
        return " ".join(part for part in (self.status, self.headline, self.figures) if part)


@dataclass(frozen=True)
class Compared:
    """What a bottom line is made of; all sequences list the 2 to 4 tools in the same order."""

    names: Sequence[str]
    scorecards: Sequence[Sequence[Review]]
    # None where readers' votes are not considered.
    tallies: Sequence[Tally] | None = None
    # Labels of the rows of the decision table, but for scores, that differ.
    differing: Sequence[str] = ()
    status: Sequence[str] = ()
    weights: Weights | None = None


def bottom_line(
    compared: Compared, thresholds: Thresholds, pairs: Sequence[Pair] | None = None
) -> BottomLine:
    """Choose the bottom line; `comparisons.bottom_line_rules` says how. `pairs` are those of `compared`, if known."""
    names = compared.names
    pairs = pairs or all_pairs(compared.scorecards, compared.weights)
    decision = decide(pairs, thresholds)
    values = sentence_values(names, decision, thresholds)
    outcome, head = decision.outcome, headline(decision, values)
    text = _figures(compared, decision, values, thresholds)
    readers = disagreement(names, compared.tallies, decision.pick)
    if readers:
        outcome, text = Outcome.DISAGREE, f"{head} {text} {readers}"
        head = "Panel and community disagree."
    return BottomLine(
        outcome,
        decision.outcome,
        head,
        text,
        status=" ".join(compared.status),
        robustness=_robustness(compared, decision, thresholds),
        pick=decision.pick,
    )


def _figures(
    compared: Compared, decision: Decision, values: dict[str, object], thresholds: Thresholds
) -> str:
    if decision.outcome == Outcome.THIN:
        return thin_figures(
            compared.names,
            compared.scorecards,
            decision,
            thresholds,
            is_weighted=bool(compared.weights),
        )
    text = figures(decision, values)
    if decision.outcome == Outcome.NO_DIFFERENCE:
        return f"{text} {choose_by(compared.differing)}"
    return text


def _robustness(compared: Compared, decision: Decision, thresholds: Thresholds) -> str:
    if compared.weights:
        return ""
    return robustness(compared.names, compared.scorecards, decision, thresholds)
