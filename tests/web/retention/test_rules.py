"""Every rule says what is so, and what is printed of them is the rules in force."""

from dataclasses import replace
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import DateField, DateTimeField
from django.utils import timezone

from accounts.models import RateLimit
from web.retention import rules
from web.retention.rules import all_rules, row_rule, row_rules

# Apps with tables in which nothing ages: what they hold is published, or kept with what is.
WITHOUT_RULES = {
    "reviews", "votes", "pages", "api", "dump", "doctor",
    # Django's and others': staff, and what staff may do.
    "auth", "contenttypes", "messages", "staticfiles", "postgres", "django_htmx", "import_export", "anymail",
    "runserver_nostatic", "admin", "sessions", "procrastinate",
}  # fmt: skip


def printed(*options):
    output = StringIO()
    call_command("retention", *options, stdout=output)
    return output.getvalue()


def test_the_document_is_what_the_rules_in_force_say():
    document = (settings.BASE_DIR / "docs" / "retention.md").read_text()

    assert printed("--markdown") == document, (
        "run: bin/manage retention --markdown >docs/retention.md"
    )


def test_it_follows_the_settings(settings):
    settings.SIGN_IN_LOG_DAYS = 1

    assert "| 1 day after the attempt | `SIGN_IN_LOG_DAYS` |" in printed("--markdown")


@pytest.mark.django_db
def test_the_operator_sees_the_oldest_row_of_each():
    now = timezone.now()
    for name, day in [("a", 3), ("b", 2)]:
        expires_at = now.replace(year=2026, month=1, day=day, hour=4, minute=5, second=6)
        RateLimit.objects.create(name=name, amount=1, updated_at=now, expires_at=expires_at)

    text = printed()

    assert "where   accounts_ratelimit\n  oldest  2026-01-02 04:05:06\n" in text
    assert "(SIGN_IN_LOG_DAYS)\n  where   accounts_signinevent\n  oldest  no rows" in text
    assert text.count("  kept  ") == len(all_rules())


def test_every_app_says_what_it_keeps():
    declared = {
        app.label for app in apps.get_app_configs() if f"{app.name}.retention_rules" in modules()
    }

    assert {app.label for app in apps.get_app_configs()} == declared | WITHOUT_RULES
    assert not declared & WITHOUT_RULES


def modules():
    return {
        ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        for path in settings.BASE_DIR.glob("*/**/retention_rules.py")
    }


def test_the_settings_that_rules_name_exist():
    named = {name for rule in all_rules() for name in rule.named_settings}

    assert {name for name in named if not hasattr(settings, name)} == set()


@pytest.mark.parametrize("rule", row_rules(), ids=lambda rule: rule.name)
def test_days_are_compared_with_days(rule):
    path = rule.column.split("__")
    model = rule.rows.model
    for name in path[:-1]:
        model = model._meta.get_field(name).related_model
    if rule.column in rule.rows.query.annotations:
        return
    field = model._meta.get_field(path[-1])

    assert rule.is_date == (isinstance(field, DateField) and not isinstance(field, DateTimeField))


def test_a_rule_without_rows_has_no_period(monkeypatch):
    with pytest.raises(TypeError):
        row_rule("backups")
    monkeypatch.setitem(rules._rules, "a", replace(row_rule("transfers"), days=2))
    assert row_rule("a").kept == "2 days after the link was made"
