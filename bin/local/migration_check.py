"""Refuses migrations that would block a large table, or break the release before, which runs while they are applied.

squawk reads the SQL of each migration. What it cannot see, such as Python code, is checked here.
"""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader

from bin.local.installation import PYTHON
from bin.local.places import ROOT
from bin.local.terminal import say

# They make the tables of the first release: nobody has rows in them yet.
OF_THE_FIRST_RELEASE = {"0001_tables", "0002_rules"}
# Of squawk's rules those that are about taste, or about limits that `manage.py migrate` sets.
EXCLUDED = [
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamptz",
    "ban-char-field",
    "require-lock-timeout",
    "require-statement-timeout",
]
OLDEST_POSTGRES = "15.0"
SQUAWK: list[str | Path] = [
    PYTHON.parent / "squawk", "--reporter=json", f"--pg-version={OLDEST_POSTGRES}", f"--exclude={','.join(EXCLUDED)}",
]  # fmt: skip
CHANGES_ROWS = re.compile(r"^\s*(UPDATE|DELETE FROM|INSERT INTO .*\bSELECT\b)", re.I | re.M)
PYTHON_IN_A_TRANSACTION = (
    "Python code in a transaction holds the locks of all rows that it changes until its end. Set atomic = False and "
    "change a few thousand rows at a time."
)
ROWS_IN_ONE_STATEMENT = (
    "One statement that changes all rows of a table holds their locks until its end. Change them by RunPython with "
    "atomic = False, a few thousand at a time."
)

type Refusals = dict[str, str]  # {rule: reason}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    refused = list(refused_migrations(our_apps()))
    say("\n".join(refused) or "No migration blocks a large table or breaks the release before.")
    return 1 if refused else 0


def our_apps() -> set[str]:
    """Return the labels of the apps whose code is in this clone."""
    return {
        config.label
        for config in apps.get_app_configs()
        if (ROOT / config.name.partition(".")[0]).is_dir()
    }


def refused_migrations(labels: set[str]) -> Iterator[str]:
    """Yield a line for each rule that a later migration of these apps breaks without saying why it may.

    A migration says so by a dictionary `accepted_risks`: {rule: why it is safe here}.
    """
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in labels and name not in OF_THE_FIRST_RELEASE:
            accepted = getattr(migration, "accepted_risks", {})
            for rule, reason in refusals(migration).items():
                if not accepted.get(rule):
                    yield f"{app}.{name}: {rule}: {reason}"


def refusals(migration: Migration) -> Refusals:
    sql = _sql(migration)
    found = squawk(sql)
    if migration.atomic and any(isinstance(each, RunPython) for each in migration.operations):
        found["python-in-a-transaction"] = PYTHON_IN_A_TRANSACTION
    if CHANGES_ROWS.search(sql):
        found["rows-in-one-statement"] = ROWS_IN_ONE_STATEMENT
    return found


def _sql(migration: Migration) -> str:
    output = io.StringIO()
    call_command("sqlmigrate", migration.app_label, migration.name, no_color=True, stdout=output)
    return output.getvalue()


def squawk(sql: str) -> Refusals:
    done = subprocess.run(SQUAWK, input=sql, capture_output=True, text=True)
    if not done.stdout.strip():
        raise RuntimeError(f"squawk could not read a migration: {done.stderr}")
    return {
        each["rule_name"]: f"{each['message']} {each['help'] or ''}".strip()
        for each in json.loads(done.stdout)
    }


if __name__ == "__main__":
    sys.exit(main())
