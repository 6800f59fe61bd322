"""The five uses of docs/data.md work, as they stand there, against a real server with the sample catalogue."""

import os
import re
import subprocess
import sys
from codecs import BOM_UTF8
from itertools import pairwise
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from django.conf import settings
from django.core.management import call_command

from docs.examples import spreadsheet
from dump.publishing import publish_dump
from tests.factories import make_tool
from tools.actions import unpublish_tool
from votes.rankings.figures import RANKINGS

ROOT = settings.BASE_DIR
LOCAL = "http://127.0.0.1:8000"
SECTION = (ROOT / "docs/data.md").read_text().partition("\n## Five uses\n")[2]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)


@pytest.fixture
def site(transactional_db, live_server, settings, tmp_path):
    settings.SITE_URL, settings.PAGE_CACHE = live_server.url, True
    settings.DATA_DIR = str(tmp_path / "data")
    call_command("import_catalog", ROOT / "sample/catalog.json", verbosity=0)
    RANKINGS.refresh()
    publish_dump(tmp_path / "data")
    return live_server.url


@pytest.fixture
def shell(site, tmp_path):
    """Run commands in a folder like that of the clone."""
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / "docs").symlink_to(ROOT / "docs")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    def run(commands):
        return subprocess.run(
            ["bash", "-c", commands.replace(LOCAL, site)],
            cwd=folder,
            env={"PATH": path, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
        )

    return run


def blocks(language):
    return [text for name, text in BLOCKS if name == language]


def test_every_command_prints_what_the_text_shows(shell, site):
    shown = 0
    for (language, commands), (following, expected) in pairwise(BLOCKS):
        if language == "sh":
            assert following == "output"
            done = shell(commands)
            printed = re.sub(r"tool \d+", "tool 1", done.stdout.removeprefix("\ufeff"))
            missing = set(expected.replace(LOCAL, site).splitlines()) - set(printed.splitlines())
            assert (missing, done.stderr) == (set(), "")
            shown += 1
    assert shown == len(blocks("sh")) > 3


def test_the_job_warns_with_the_exit_code_of_a_site_that_is_not_read(shell, site, tmp_path):
    (job,) = blocks("yaml")
    command = re.search(r"- (python3 check_tools.+)", job)[1]
    (warning,) = re.search(r"exit_codes: \[(\d)\]", job).groups()
    command = command.replace("check_tools.py", "docs/examples/check_tools.py")

    away = shell(f"echo aider > tools.txt; {command.replace('https', 'http')}")
    here = shell(command.replace("https://ship-or-skip.example", site))

    assert (away.returncode, here.returncode) == (int(warning), 0), away.stdout


def test_the_cells_of_the_notebook_read_and_plot_every_reviewed_tool(site, monkeypatch):
    reading, plotting = blocks("python")
    pyplot = MagicMock()
    monkeypatch.setitem(sys.modules, "matplotlib", MagicMock(pyplot=pyplot))
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", pyplot)
    cells = {}

    exec(reading.replace(LOCAL, site), cells)
    exec(plotting, cells)

    scores, spreads = pyplot.scatter.call_args.args
    assert len(scores) == len(spreads) == pyplot.annotate.call_count == 27
    assert ("Aider", (72.8, 28)) in [call.args for call in pyplot.annotate.call_args_list]


def test_no_cell_of_the_spreadsheet_is_a_formula_and_a_withdrawn_tool_has_no_row(site, tmp_path):
    make_tool(slug="formula", name="=1+1")
    unpublish_tool(tool=make_tool(slug="gone"), reason="A duplicate.")
    publish_dump(tmp_path / "data")

    spreadsheet.main(f"{site}/data/", str(tmp_path / "tools.csv"))

    assert (tmp_path / "tools.csv").read_bytes().startswith(BOM_UTF8)
    lines = (tmp_path / "tools.csv").read_text("utf-8-sig").splitlines()
    assert [line[:14] for line in lines if "1+1" in line] == ["formula,'=1+1,"]
    assert not [line for line in lines if line.startswith("gone")]
    assert spreadsheet.cells(["'=a", "\tb", "@c", -1, None, "d-e"]) == [
        "''=a",
        "'\tb",
        "'@c",
        -1,
        None,
        "d-e",
    ]
