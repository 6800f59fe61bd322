from argparse import ArgumentTypeError
from datetime import UTC, datetime
from itertools import batched
from random import Random
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from accounts.models import Reader
from pages.management.commands.recount import STORED
from pages.management.scale import shared_rows
from pages.management.scale.catalog import Catalog
from pages.management.scale.copying import copy_some_fields, loading, reset_sequences
from pages.management.scale.votes import READER_FIELDS, VOTE_FIELDS, Votes, write_vote_log
from pages.management.scale.words import Words
from reviews.models import Review
from tools.copy_rows import copy_rows
from tools.models import Fact, LedgerEntry, Tool
from votes.models import Reason, Vote

SEED = 11
CHUNK = 2000  # tools that are in memory at once


class Command(BaseCommand):
    help = (
        "Fill an empty database with an invented catalogue of any size, for measurements: tools with facts, "
        "reviews, a change log and votes. Every tool is marked as sample content."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tools", type=amount, default=1000, help="1000 by default")
        parser.add_argument(
            "--votes", type=amount, help="number of votes; by default ten for each tool"
        )

    def handle(self, *, tools: int, votes: int | None, **options: Any) -> None:
        if Tool.objects.exists():
            raise CommandError(
                "The database holds tools. Use an empty one: invented tools are not mixed with others."
            )
        with loading():
            self.load(tools, tools * 10 if votes is None else votes)
        self.stdout.write(
            f"{Tool.objects.count()} tools, {Review.objects.count()} reviews, "
            f"{LedgerEntry.objects.count()} change log entries, {Vote.objects.count()} votes."
        )

    def load(self, tools: int, votes: int) -> None:
        random = Random(SEED)  # noqa: S311 - a seed makes the same draws again
        now = datetime.combine(timezone.now().date(), datetime.min.time(), UTC)
        load_catalog(tools, random, now)
        load_votes(votes, random, now)
        analyze()  # the figures below are computed from what was just written
        for name, figures in STORED.items():
            self.stdout.write(f"{name}: {figures.recount()} computed.")
        analyze()


def analyze() -> None:
    """Count what the tables hold, but not those that all databases of a server share: others wait for these."""
    tables = [connection.ops.quote_name(model._meta.db_table) for model in apps.get_models()]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def amount(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text} is not a whole number such as 1000")
    return int(text)


def load_catalog(tools: int, random: Random, now: datetime) -> None:
    words = Words(random)
    catalog = Catalog(
        categories=shared_rows.make_categories(words),
        kinds=shared_rows.make_fact_kinds(),
        panel=shared_rows.make_reviewers(words),
        words=words,
        random=random,
        now=now,
    )
    for histories in batched(catalog.histories(tools), CHUNK):
        copy_rows([history.tool for history in histories])
        copy_rows([fact for history in histories for fact in history.facts])
        copy_rows([review for history in histories for review in history.reviews])
        copy_rows([entry for history in histories for entry in history.entries])
    reset_sequences(Tool, Fact, Review, LedgerEntry)


def load_votes(count: int, random: Random, now: datetime) -> None:
    """Cast them on tools that readers can see."""
    tool_ids = list(Tool.objects.published().order_by("pk").values_list("pk", flat=True))
    votes = Votes(
        tool_ids=tool_ids,
        votes=count,
        reasons=Reason.objects.order_by("pk"),
        random=random,
        now=now,
    )
    copy_some_fields(Reader, READER_FIELDS, votes.reader_rows())
    copy_some_fields(Vote, VOTE_FIELDS, votes.vote_rows())
    write_vote_log()
