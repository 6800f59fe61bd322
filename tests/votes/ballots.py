"""Votes for tests, stored as the database has them after they were judged."""

from accounts.models import Reader
from accounts.networks import Network
from votes.models import Vote

HOME = b"\x01" * 16
HOME_NETWORKS = [Network(HOME)]


def make_vote(tool, choice="ship", *, network=HOME, **fields):
    """One reader's vote, counted; with a `rule` it is held."""
    reader = Reader.objects.create(network=network)
    if "rule" in fields:
        fields.setdefault("state", "held")
    return Vote.objects.create(reader=reader, tool=tool, choice=choice, network=network, **fields)


def make_votes(tool, ships=0, skips=0, **fields):
    return [make_vote(tool, "ship", **fields) for _ in range(ships)] + [
        make_vote(tool, "skip", **fields) for _ in range(skips)
    ]


def tally_of(tool):
    tool.tally.refresh_from_db()
    return tool.tally.ships, tool.tally.skips, tool.tally.held
