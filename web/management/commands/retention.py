from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from web.retention.rules import RowRule, Rule, all_rules

HEADING = """\
# Retention

How long the site keeps what it stores. `bin/manage retention --markdown` generates this page from the rules in force, which are in the
`retention_rules` module of each app. The job `purge_expired` (`web/retention/purge.py`) applies them every hour, in batches that take
milliseconds each. `bin/manage retention` also prints the oldest row of each.

| what | kept | settings | where |
|---|---|---|---|
"""


class Command(BaseCommand):
    requires_system_checks: list[
        str
    ] = []  # they connect to the database, which --markdown does not need
    help = "Print how long everything is kept, and the oldest row of each kind. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--markdown",
            action="store_true",
            help="print docs/retention.md, without the oldest rows",
        )

    def handle(self, **options: Any) -> None:
        if options["markdown"]:
            self.stdout.write(HEADING + "\n".join(map(markdown_row, all_rules())))
        else:
            self.stdout.write("\n".join(map(lines, all_rules())))


def markdown_row(rule: Rule) -> str:
    names = ", ".join(f"`{name}`" for name in rule.named_settings)
    return f"| {rule.what} | {rule.kept} | {names} | `{rule.where}` |"


def lines(rule: Rule) -> str:
    names = f" ({', '.join(rule.named_settings)})" if rule.named_settings else ""
    text = f"{rule.name}: {rule.what}\n  kept    {rule.kept}{names}\n  where   {rule.where}"
    if isinstance(rule, RowRule):
        oldest = rule.oldest()
        text += f"\n  oldest  {oldest.isoformat(sep=' ')[:19] if oldest else 'no rows'}"
    return text
