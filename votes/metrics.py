from prometheus_client import Counter

from votes.models import Vote

VOTES = Counter(
    "shiporskip_votes",
    "Votes by what became of them: cast, changed, held (by `rule`), withdrawn, limited (429).",
    ["outcome", "rule"],
)


def count_vote(vote: Vote) -> None:
    """Count a vote that was cast. The same vote again counts again, as what it was."""
    if vote.rule:
        VOTES.labels("held", vote.rule).inc()
    else:
        VOTES.labels("cast" if vote.changed_at == vote.cast_at else "changed", "").inc()


def count_other(outcome: str) -> None:
    VOTES.labels(outcome, "").inc()
