import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config.doctor.examination import examine
from config.health.parts import Finding, findings, worker
from web.postgres import wait_at_most


class Command(BaseCommand):
    help = (
        "Check this installation: settings, Postgres, migrations, the worker, static files, disk and mail server. "
        "Prints a line for each part, with what to do where it is failing, and exits with 1 if one is. "
        "Changes nothing and sends no email."
    )
    requires_system_checks: list[str] = []  # they are a part of what is printed

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON array, for programs")
        parser.add_argument(
            "--worker",
            action="store_true",
            help="check only the worker's heartbeat, for the health check of a container",
        )

    def handle(self, **options: Any) -> None:
        # A Postgres that has stopped answering is a finding, too.
        with wait_at_most(settings.DATABASE_ANSWER_TIMEOUT):
            found = findings([worker]) if options["worker"] else examine()
        if options["json"]:
            self.stdout.write(json.dumps([_as_dict(finding) for finding in found], indent=2))
        else:
            self.stdout.write("\n".join(_line(finding) for finding in found))
        if not all(finding.is_well for finding in found):
            sys.exit(1)


def _state(finding: Finding) -> str:
    if not finding.is_well:
        return "FAILING"
    return "note" if finding.is_note else "ok"


def _line(finding: Finding) -> str:
    said = f"{_state(finding)} {finding.part}: {finding.text}"
    return said if _state(finding) == "ok" else f"{said.removesuffix('.')}. {finding.hint}".strip()


def _as_dict(finding: Finding) -> dict[str, str]:
    return {
        "part": finding.part,
        "state": _state(finding).lower(),
        "text": finding.text,
        "hint": "" if _state(finding) == "ok" else finding.hint,
    }
