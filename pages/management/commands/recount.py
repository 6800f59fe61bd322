from django.core.management.base import BaseCommand

from reviews import panel
from votes import tally

# What is stored beside the rows it comes from: its name, and the module that proves and rebuilds it.
STORED = {"Panel verdicts": panel, "Tallies": tally}


class Command(BaseCommand):
    help = "Rebuild the stored figures from their rows. With --check: prove them, exit 1 on a difference."

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
        for name, figures in STORED.items():
            differences = list(figures.differences())
            for difference in differences:
                self.stdout.write(f"{name}: {difference}")
            if not differences:
                self.stdout.write(f"{name}: all are those of their rows.")
            found = found or bool(differences)
        if found:
            raise SystemExit(1)
