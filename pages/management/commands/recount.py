from collections.abc import Iterator
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandParser

from reviews import ledger_check, panel
from reviews.listing import listings
from reviews.listing.counts import COUNTS
from reviews.refresh import REFRESHED
from votes import reason_tally, tally, vote_log


class Checked(Protocol):
    @property
    def ALL_RIGHT(self) -> str: ...

    def differences(self) -> Iterator[str]: ...


class Stored(Checked, Protocol):
    def recount(self) -> int: ...


# Stored figures by name, with the module that checks and rebuilds them from their rows.
# Listings come from panel verdicts, counts and tallies from listings: in this order.
STORED: dict[str, Stored] = {
    "Panel verdicts": panel,
    "Listings": listings,
    **COUNTS,
    "Tallies": tally,
    "Reasons of votes": reason_tally,
    **REFRESHED,
}
# What is checked, with the module that yields a sentence per difference. Nothing rebuilds the logs: they are
# not derived from other rows.
CHECKED: dict[str, Checked] = {**STORED, "Vote log": vote_log, "Change log": ledger_check}


class Command(BaseCommand):
    help = (
        "Rebuild the stored figures from their rows. With --check: change nothing, compare them and the "
        "change log with the rows, and exit 1 on a difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *, check: bool, **options: Any) -> None:
        if check:
            self.check_figures()
        else:
            for name, figures in STORED.items():
                self.stdout.write(f"{name}: {figures.recount()} rebuilt.")

    def check_figures(self) -> None:
        found = False
        for name, figures in CHECKED.items():
            is_right = True
            for difference in figures.differences():
                is_right = False
                self.stdout.write(f"{name}: {difference}")
            if is_right:
                self.stdout.write(f"{name}: {figures.ALL_RIGHT}")
            found = found or not is_right
        if found:
            raise SystemExit(1)
