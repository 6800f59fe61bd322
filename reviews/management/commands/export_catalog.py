from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from reviews.catalog.exporting import export_text


class Command(BaseCommand):
    help = "Write the whole catalogue as import_catalog reads it: the same rows are the same bytes."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", help="where to (default: the terminal)")

    def handle(self, *, file, **options):
        if file:
            self.write(Path(file))
        else:
            for piece in export_text():
                self.stdout.write(piece, ending="")

    def write(self, file):
        """Beside its place first: an export that breaks off leaves the last one as it was."""
        unfinished = file.with_name(f"{file.name}.unfinished")
        try:
            with unfinished.open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(export_text())
            unfinished.replace(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
