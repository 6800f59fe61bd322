from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dump.publishing import AlreadyRunning, publish_dump


class Command(BaseCommand):
    help = "Publish everything that readers can see as files under /data/ (docs/data.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dir", help="the folder (default: DATA_DIR)")

    def handle(self, *, dir: str | None, **options: Any) -> None:
        folder = dir or settings.DATA_DIR
        if not folder:
            raise CommandError("Set DATA_DIR, the folder of the dump, or name it with --dir.")
        try:
            made = publish_dump(Path(folder))
        except AlreadyRunning as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        size = sum(path.stat().st_size for path in made.iterdir())
        self.stdout.write(f"{made}: {len(list(made.iterdir()))} files, {size / 1e6:.1f} MB.")
