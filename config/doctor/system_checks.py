"""Django's system checks, those of a deployment included, as findings."""

from django.core import checks
from django.core.checks.registry import registry

from config.health.parts import Finding

# They say, one by one, what web.W003 says of an http:// site at once.
OF_AN_HTTP_SITE = {"security.W004", "security.W008", "security.W012", "security.W016"}


# They ask the database, which may be away. Models are the same in every installation; postgres.py looks at the database.
OF_THE_DATABASE = {checks.Tags.models, checks.Tags.database}


def settings_findings() -> list[Finding]:
    tags = registry.tags_available(deployment_checks=True) - OF_THE_DATABASE
    messages = checks.run_checks(tags=list(tags), include_deployment_checks=True)
    found = [_finding(message) for message in messages if message.id not in OF_AN_HTTP_SITE]
    return found or [Finding("settings", "no objections")]


def _finding(message: checks.CheckMessage) -> Finding:
    is_well = message.level < checks.WARNING or message.is_silenced()
    text = f"{_one_line(message.msg).removesuffix('.')} ({message.id})"
    return Finding("settings", text, is_well, hint=_one_line(message.hint or ""), is_note=is_well)


def _one_line(text: str) -> str:
    return " ".join(str(text).split())
