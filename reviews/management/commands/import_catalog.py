from django.core.management.base import BaseCommand
from tqdm import tqdm

from reviews.catalog.document import read_document
from reviews.catalog.importing import import_document
from web.json_document import BadDocument

SHOWN = 200


class Command(BaseCommand):
    help = "Import a catalogue (docs/catalog.md): all of it or, if anything is wrong, nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", help="JSON in UTF-8, by docs/catalog.schema.json")

    def handle(self, *, file, **options):
        try:  # the bar is for people: none where no terminal is
            document = read_document(file)
            with tqdm(total=0, desc="Importing", unit=" rows", leave=False, disable=None) as bar:
                summary = import_document(document, bar)
        except BadDocument as bad:
            self.tell(bad.problems)
            raise SystemExit(1) from bad
        if summary.is_nothing:
            self.stdout.write(
                f"Nothing to change: {len(document['tools'])} tools are as in the file."
            )
        else:
            self.stdout.write(str(summary))

    def tell(self, problems):
        for problem in problems[:SHOWN]:
            self.stderr.write(problem)
        if len(problems) > SHOWN:
            self.stderr.write(f"… and {len(problems) - SHOWN} more.")
        self.stderr.write(f"Nothing was imported: {len(problems)} to mend.")
