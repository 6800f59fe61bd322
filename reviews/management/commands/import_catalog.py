from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import ngettext
from tqdm import tqdm

from reviews.catalog.importing import import_file
from reviews.catalog.tree import import_tree
from web.json_document import BadDocument

SHOWN = 200


class Command(BaseCommand):
    help = "Import a catalogue (docs/catalog.md): all of it, or nothing if anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            help="JSON in UTF-8, as docs/catalog.schema.json describes it, or a folder of such files",
        )

    def handle(self, *, file: str, **options: Any) -> None:
        try:  # no progress bar without a terminal: `disable=None`
            with tqdm(total=0, desc="Importing", unit=" tools", leave=False, disable=None) as bar:
                if Path(file).is_dir():
                    summary = import_tree(Path(file), bar)
                else:
                    summary = import_file(file, bar)
        except BadDocument as bad:
            self.report(bad.problems)
            raise SystemExit(1) from bad
        if summary.is_nothing:
            self.stdout.write("Nothing to change: the database already matches the file.")
        else:
            self.stdout.write(str(summary))

    def report(self, problems: Sequence[str]) -> None:
        for problem in problems[:SHOWN]:
            self.stderr.write(problem)
        if hidden := len(problems[SHOWN:]):
            more = ngettext(
                "… and %(count)d more problem.", "… and %(count)d more problems.", hidden
            )
            self.stderr.write(more % {"count": hidden})
        summary = ngettext(
            "Nothing was imported. Fix this problem in the file first.",
            "Nothing was imported. Fix these %(count)d problems in the file first.",
            len(problems),
        )
        self.stderr.write(summary % {"count": len(problems)})
