"""What a migration after the first release may not do, in the SQL that Django makes of it."""

import sys

import pytest

from bin.local.migration_check import our_apps, refused_migrations

TABLES = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Thing", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=80)),
            ("score", models.IntegerField(null=True)),
        ]),
        migrations.CreateModel("Group", [("id", models.BigAutoField(primary_key=True))]),
    ]
"""
NEXT = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q

class Migration(migrations.Migration):
    dependencies = [("pages", "0001_tables")]
    {more}
    operations = [{operation}]
"""
REFUSED = {
    "adding-required-field": 'migrations.RunSQL("ALTER TABLE pages_thing ADD COLUMN more integer NOT NULL")',
    "ban-drop-default": 'migrations.AddField("Thing", "more", models.IntegerField(default=0))',
    "adding-not-nullable-field": 'migrations.AlterField("Thing", "score", models.IntegerField())',
    "require-concurrent-index-creation": 'migrations.AddIndex("Thing", models.Index(fields=["name"], name="by_name"))',
    "changing-column-type": 'migrations.AlterField("Thing", "score", models.BigIntegerField(null=True))',
    "ban-drop-column": 'migrations.RemoveField("Thing", "score")',
    "renaming-column": 'migrations.RenameField("Thing", "score", "points")',
    "renaming-table": 'migrations.RenameModel("Thing", "Item")',
    "ban-drop-table": 'migrations.DeleteModel("Thing")',
    "constraint-missing-not-valid": (
        'migrations.AddConstraint("Thing", models.CheckConstraint(condition=Q(score__gt=0), name="positive"))'
    ),
    "disallowed-unique-constraint": (
        'migrations.AddConstraint("Thing", models.UniqueConstraint(fields=["name"], name="one_name"))'
    ),
    "adding-foreign-key-constraint": (
        'migrations.AddField("Thing", "group", models.ForeignKey("Group", models.CASCADE, null=True))'
    ),
    "adding-field-with-default": (
        'migrations.AddField("Thing", "twice", models.GeneratedField('
        'expression=F("score") * 2, output_field=models.IntegerField(), db_persist=True))'
    ),
    "python-in-a-transaction": "migrations.RunPython(lambda apps, editor: None)",
    "rows-in-one-statement": "migrations.RunSQL(\"UPDATE pages_thing SET name = ''\")",
}
ALLOWED = {
    "a new table with its indexes": (
        'migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True)), '
        '("text", models.TextField(db_index=True))])'
    ),
    "a column that may be empty": 'migrations.AddField("Thing", "more", models.IntegerField(null=True))',
    "a column with a default of the database": (
        'migrations.AddField("Thing", "more", models.IntegerField(db_default=0))'
    ),
    "a function of the database": (
        'migrations.RunSQL("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS '
        '$$ BEGIN UPDATE pages_thing SET name = NEW.name WHERE id = NEW.id; RETURN NEW; END $$")'
    ),
}
ALLOWED_OUTSIDE_A_TRANSACTION = {
    "an index that is built beside writes": (
        'AddIndexConcurrently("Thing", models.Index(fields=["name"], name="by_name"))'
    ),
    "python in batches": "migrations.RunPython(lambda apps, editor: None)",
}


@pytest.fixture
def things(tmp_path, settings, monkeypatch):
    """Give pages, which has none, migrations; call it with what the next one does, for the lines that refuse it."""
    package = tmp_path / "migrations_of_things"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "0001_tables.py").write_text(TABLES)
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"pages": package.name}

    def refused(operation, more=""):
        (package / "0003_next.py").write_text(NEXT.format(operation=operation, more=more))
        return list(refused_migrations({"pages"}))

    yield refused
    for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
        del sys.modules[name]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", REFUSED)
def test_what_blocks_a_table_or_breaks_the_release_before_is_refused_in_words(things, rule):
    lines = things(REFUSED[rule])

    assert [line for line in lines if line.startswith(f"pages.0003_next: {rule}: ")], lines
    assert all(len(line.split()) > 8 for line in lines)


@pytest.mark.django_db
@pytest.mark.parametrize("what", ALLOWED)
def test_what_blocks_nobody_is_allowed(things, what):
    assert things(ALLOWED[what]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ALLOWED_OUTSIDE_A_TRANSACTION)
def test_what_needs_no_transaction_is_allowed_without_one(things, what):
    assert things(ALLOWED_OUTSIDE_A_TRANSACTION[what], "atomic = False") == []


@pytest.mark.django_db
def test_a_rule_may_be_broken_with_a_reason(things):
    drop = REFUSED["ban-drop-column"]

    assert (
        things(drop, 'accepted_risks = {"ban-drop-column": "Release 1.1 no longer reads it."}')
        == []
    )


@pytest.mark.django_db
def test_no_reason_is_none(things):
    assert things(REFUSED["ban-drop-column"], 'accepted_risks = {"ban-drop-column": ""}') != []


@pytest.mark.django_db
def test_our_own_migrations_pass():
    assert {"backup", "tools", "votes"} < our_apps()
    assert list(refused_migrations(our_apps())) == []
