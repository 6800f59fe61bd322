from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.catalog.exporting import export_text
from reviews.catalog.tree import write_tree
from web.json_document import BadDocument


class Command(BaseCommand):
    help = "Write the whole catalogue for import_catalog. The same rows give the same bytes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="the file to write (default: the terminal)")

        parser.add_argument(
            "--tree",
            metavar="DIR",
            help="write a folder instead, with one file for each tool, category, fact kind and reviewer",
        )

    def handle(self, *, file: str | None, tree: str | None, **options: Any) -> None:
        if tree:
            self.write_tree(Path(tree))
        elif file:
            self.write(Path(file))
        else:
            for piece in export_text():
                self.stdout.write(piece, ending="")

    def write_tree(self, folder: Path) -> None:
        try:
            write_tree(folder)
        except BadDocument as bad:
            raise CommandError(str(bad)) from bad
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error

    def write(self, file: Path) -> None:
        """Write a new file and rename it, so that a failed export leaves the previous one as it was."""
        unfinished = file.with_name(f"{file.name}.unfinished")
        try:
            with unfinished.open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(export_text())
            unfinished.replace(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
