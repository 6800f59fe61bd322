from typing import Any

from django.core.management.base import BaseCommand

from reviews import ledger_check, panel
from reviews.refresh import REFRESHED
from votes import tally

# What is stored beside the rows it comes from: its name, and what checks and rebuilds it.
STORED: dict[str, Any] = {"Panel verdicts": panel, "Tallies": tally} | REFRESHED
# What is checked, and the module that yields a sentence per difference. The change log is no stored
# figure: nothing rebuilds it.
CHECKED = STORED | {"Change log": ledger_check}


class Command(BaseCommand):
    help = (
        "Rebuild the stored figures from their rows. With --check: change nothing, compare them and the "
        "change log with the rows, and exit 1 on a difference."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *, check, **options):
        if check:
            self.check_figures()
        else:
            for name, figures in STORED.items():
                self.stdout.write(f"{name}: {figures.recount()} rebuilt.")

    def check_figures(self):
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
