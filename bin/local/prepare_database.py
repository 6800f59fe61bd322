"""Migrates, loads the sample catalogue into an empty database, publishes a dump unless there is a recent one, and adds a staff user.

One process saves time.
"""

import os
from datetime import timedelta
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from bin.local import terminal
from bin.local.places import ROOT
from bin.local.staff_login import make_staff_user
from bin.local.terminal import Problem, say
from dump.published import dump_made_at

ONE_DAY = timedelta(days=1)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    refuse_unknown_migrations()
    call_command("migrate", interactive=False, verbosity=0)
    is_new = not apps.get_model("tools.Tool").objects.exists()
    if is_new:
        say("loading the sample catalogue …")
        call_command("import_catalog", str(ROOT / "sample" / "catalog.json"))
    if settings.DATA_DIR and (is_new or not has_recent_dump()):
        say("publishing the data under /data/ …")
        call_command("publish_dump", verbosity=0)
    make_staff_user(apps.get_model("accounts.User").objects)


def has_recent_dump() -> bool:
    """Return whether the worker, which publishes a dump each night, has not missed one."""
    made_at = dump_made_at()
    return made_at is not None and timezone.now() - made_at < ONE_DAY


def refuse_unknown_migrations() -> None:
    """Raise Problem for the database of another version, which `migrate` would take for one of this version."""
    loader = MigrationLoader(connection)
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    unknown = sorted(
        f"{app}.{name}"
        for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
        if app in ours
    )
    if unknown:
        raise Problem(
            f"The database was made by another version of this code (it has the migration {unknown[0]}): "
            "move the folder .local/postgres away and a new one is created, or, if you set DATABASE_URL, "
            "choose another database."
        )


if __name__ == "__main__":
    terminal.run("bin/dev", main)
