"""A trigger is invisible in Python, so each is named where somebody who writes the rows will look."""

import inspect
import re

import pytest
from django.apps import apps
from django.db import connection

TRIGGERS = """
SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
"""


def models():
    """All but those of the job queue, which brings triggers of its own."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.app_label != "procrastinate"]


def triggers_of_database():
    """{(model, trigger)}; the table where there is no model."""
    names = {model._meta.db_table: model.__name__ for model in models()}
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        return {
            (names.get(table, table), trigger)
            for table, trigger in cursor
            if not table.startswith("procrastinate_")
        }


def triggers_of_docstrings():
    """{(model, trigger)} by what stands behind "Triggers:" in the docstrings."""
    return {
        (model.__name__, trigger)
        for model in models()
        for trigger in re.findall(
            r"`(\w+)`", (inspect.getdoc(model) or "").partition("Triggers:")[2]
        )
    }


@pytest.mark.django_db
def test_every_trigger_is_named_in_the_docstring_of_its_model_and_no_other_is():
    assert triggers_of_docstrings() == triggers_of_database()
