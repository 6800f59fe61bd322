import csv
import errno
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import jsonschema_rs
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from dump import publishing
from dump.files import csv_cell
from dump.publishing import publish_dump
from dump.tables import TABLES
from tests.admin_client import make_staff
from tests.deploy.site import ROOT, production
from tests.dump.dumps import content, rows_of
from tests.factories import (
    draft_review,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.reviews.test_export_catalog import make_everything
from tests.votes.ballots import make_vote, make_votes
from tests.web.servers import wait_until
from tools.actions import unpublish_tool
from tools.models import Tool
from votes.actions import void_votes
from votes.models import Vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    make_everything()
    tool = Tool.objects.get(slug="ada")
    make_votes(tool, ships=9, skips=3)
    make_vote(tool, rule="pace")


def test_every_row_is_as_its_schema_says_and_ends_with_its_hash(everything, tmp_path):
    made = publish_dump(tmp_path)

    for table in [*(table.name for table in TABLES), "ledger_days"]:
        schema = json.loads((made / f"{table}.schema.json").read_text())
        validator = jsonschema_rs.validator_for(schema, validate_formats=True)
        for line in content(made / f"{table}.jsonl.gz").splitlines():
            row = json.loads(line)
            assert [error.message for error in validator.iter_errors(row)] == [], (table, row)
            body, _, rest = line.rpartition(b',"sha256":"')
            assert hashlib.sha256(body + b"}").hexdigest() == rest.removesuffix(b'"}').decode()


def test_every_column_is_described_in_words(everything, tmp_path):
    made = publish_dump(tmp_path)

    for path in made.glob("*.schema.json"):
        columns = json.loads(path.read_text())["properties"]
        assert {
            name: column.get("description", "")
            for name, column in columns.items()
            if not column.get("description", "").endswith(".")
        } == {}, path.name


def test_csv_has_the_same_rows(everything, tmp_path):
    made = publish_dump(tmp_path)

    for table in TABLES:
        text = content(made / f"{table.name}.csv.gz").decode()
        names, *records = csv.reader(io.StringIO(text, newline=""))
        expected = [[csv_cell(row[name]) for name in names] for row in rows_of(made, table.name)]
        assert records == expected
        assert names == [*table.columns, "sha256"]


@pytest.mark.parametrize("key", ["", b64encode(bytes(32)).decode()])
def test_the_hashes_are_those_of_the_files(everything, tmp_path, settings, key):
    """All of them, so that a download of what SHA256SUMS names has the signature, too."""
    settings.DATA_SIGNING_KEY = key
    made = publish_dump(tmp_path)

    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=made, capture_output=True)
    named = {line.split("  ")[1] for line in (made / "SHA256SUMS").read_text().splitlines()}
    assert (done.returncode, done.stderr) == (0, b"")
    assert named == {path.name for path in made.iterdir()} - {"SHA256SUMS"}
    assert ("manifest.json.sig" in named) == bool(key)


def test_the_same_rows_give_the_same_bytes(everything, tmp_path):
    first, second = publish_dump(tmp_path), publish_dump(tmp_path)

    for path in first.glob("*.gz"):
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_large_tables_are_in_the_order_of_their_tools(tmp_path):
    kind = make_fact_kind()
    for tool in reversed([make_tool(), make_tool()]):  # so that ids have another order
        make_fact(tool, kind, "Linux")
        publish_review(tool, make_reviewer())
        make_votes(tool, ships=1, skips=1)
        votes = Vote.objects.filter(tool=tool, choice="skip")
        void_votes(staff=make_staff(), tool=tool, votes=votes, reason="One person.")

    made = publish_dump(tmp_path)

    for table in ["facts", "reviews", "panel", "tallies", "vote_days", "interventions"]:
        tools = [row["tool"] for row in rows_of(made, table)]
        assert len(set(tools)) == 2
        assert tools == sorted(tools), table


def test_drafts_and_scheduled_tools_are_left_out(tmp_path):
    tool, reviewer = make_tool(slug="public"), make_reviewer()
    draft_review(tool, reviewer).save()
    publish_review(make_tool(published=False), reviewer)
    publish_review(make_tool(published_at=datetime(2999, 1, 1, tzinfo=UTC)), reviewer)

    made = publish_dump(tmp_path)

    assert [row["slug"] for row in rows_of(made, "tools")] == ["public"]
    for table in ["panel", "tallies", "ledger"]:
        assert {row["tool"] for row in rows_of(made, table)} == {tool.pk}
    assert rows_of(made, "reviews") == []


def test_of_a_withdrawn_tool_only_what_its_page_shows(tmp_path):
    tool = make_tool(slug="gone", pricing="Secret")
    publish_review(tool, make_reviewer())
    unpublish_tool(tool=tool, reason="A copy.")

    made = publish_dump(tmp_path)

    (row,) = rows_of(made, "tools")
    assert (row["slug"], row["pricing"], row["status"]) == ("gone", None, None)
    assert [entry["kind"] for entry in rows_of(made, "ledger")][-1] == "withdrawn"
    assert rows_of(made, "reviews") == rows_of(made, "panel") == []


def test_a_failed_dump_leaves_the_one_before(everything, tmp_path, monkeypatch):
    before = publish_dump(tmp_path)
    monkeypatch.setattr(publishing, "_write_manifest", lambda *given: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        publish_dump(tmp_path)

    assert (tmp_path / "current").resolve() == before.resolve()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", before.name, "current"]


def test_the_dump_before_stays_and_older_ones_go(everything, tmp_path):
    made = [publish_dump(tmp_path) for _ in range(3)]

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".lock",
        *(path.name for path in made[1:]),
        "current",
    ]
    assert (tmp_path / "current").resolve() == made[2].resolve()


def test_anyone_can_read_a_dump_whatever_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        made = publish_dump(tmp_path / "data")
    finally:
        os.umask(before)

    modes = {path.stat().st_mode & 0o777 for path in made.iterdir()}
    assert (modes, made.stat().st_mode & 0o777) == ({0o644}, 0o755)


def test_a_full_disk_is_said_and_leaves_the_dump_before(everything, tmp_path, monkeypatch):
    before = publish_dump(tmp_path)

    def full(*given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publishing, "write_file", full)

    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        call_command("publish_dump", dir=str(tmp_path))

    assert (tmp_path / "current").resolve() == before
    assert list(tmp_path.glob(".2*")) == []


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_leaves_the_dump_before_and_the_next_one_cleans_up(tmp_path):
    make_tool()
    before = publish_dump(tmp_path)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE votes_intervention IN ACCESS EXCLUSIVE MODE")
        with killed_at_the_end("publish_dump", "--dir", str(tmp_path)):
            wait_until(lambda: list(tmp_path.glob(".2*Z/tallies.csv.gz")))
            with pytest.raises(CommandError, match="Another process is writing a dump"):
                call_command("publish_dump", dir=str(tmp_path))

    assert len(list(tmp_path.glob(".2*Z"))) == 1
    assert (tmp_path / "current").resolve() == before
    after = publish_dump(tmp_path)
    assert list(tmp_path.glob(".2*Z")) == []
    assert (tmp_path / "current").resolve() == after


@contextmanager
def killed_at_the_end(*words):
    """A process of its own, which waits for a lock as long as the test wants."""
    environment = production("/nonexistent", LOCK_TIMEOUT="60s")
    command = [sys.executable, "manage.py", *words]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.django_db(transaction=True)
def test_all_tables_are_of_one_moment(tmp_path, monkeypatch):
    make_tool(pricing="$1")
    write_table, tables = publishing.write_table, []

    def write_and_add(folder, table, rows):
        written = write_table(folder, table, rows)
        if not tables:
            in_another_connection(lambda: Tool.objects.update(pricing="$2"))
        tables.append(table.name)
        return written

    monkeypatch.setattr(publishing, "write_table", write_and_add)

    made = publish_dump(tmp_path)

    assert Tool.objects.get().pricing == "$2"
    assert [row["pricing"] for row in rows_of(made, "tools")] == ["$1"]


def in_another_connection(write):
    def run():
        try:
            write()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def test_the_command_publishes(everything, tmp_path, settings, capsys):
    settings.DATA_DIR = str(tmp_path / "data")

    call_command("publish_dump")

    assert "files," in capsys.readouterr().out
    assert gzip.decompress((tmp_path / "data/current/tools.jsonl.gz").read_bytes())


def test_without_a_folder_the_command_says_so(settings):
    settings.DATA_DIR = ""

    with pytest.raises(CommandError, match="DATA_DIR"):
        call_command("publish_dump")
