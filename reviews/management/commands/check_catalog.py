from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from reviews.catalog.tree import check_tree


class Command(BaseCommand):
    help = (
        "Check a catalogue in a folder and report every problem (docs/catalog.md). Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", help="as `export_catalog --tree` writes it")

    def handle(self, *, folder: str, **options: Any) -> None:
        if not Path(folder).is_dir():
            raise CommandError(f"{folder} is not a folder.")
        problems = check_tree(Path(folder))
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            words = ngettext("%(count)d problem.", "%(count)d problems.", len(problems))
            raise CommandError(words % {"count": len(problems)})
        self.stdout.write("The folder can be imported.")
