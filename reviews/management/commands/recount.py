from django.core.management.base import BaseCommand
from django.db import transaction

from reviews import panel


class Command(BaseCommand):
    help = "Rebuild the stored figures from their rows. With --check: prove them, exit 1 on a difference."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *, check, **options):
        if check:
            self.check_figures()
        else:
            with transaction.atomic():
                changed = panel.recount()
            self.stdout.write(f"Panel verdicts: {changed} rebuilt.")

    def check_figures(self):
        differences = list(panel.differences())
        for difference in differences:
            self.stdout.write(f"Panel verdict of {difference}")
        if differences:
            raise SystemExit(1)
        self.stdout.write("Panel verdicts: all are those of their reviews.")
