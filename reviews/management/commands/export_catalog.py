from pathlib import Path

from django.core.management.base import BaseCommand

from reviews.catalog.exporting import export_text


class Command(BaseCommand):
    help = "Write the whole catalogue as import_catalog reads it: the same rows are the same bytes."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", help="where to (default: the terminal)")

    def handle(self, *, file, **options):
        if file:
            with Path(file).open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(export_text())
        else:
            for piece in export_text():
                self.stdout.write(piece, ending="")
