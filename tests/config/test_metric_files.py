"""The files of processes that have ended are added up, and deleted."""

from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from config.metrics.processes import read_processes, retire_process


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    return tmp_path


def count(folder: Path, pid: int, value: float, kind: str = "counter", name: str = "votes_total"):
    values = MmapedDict(str(folder / f"{kind}_{pid}.db"))
    values.write_value(mmap_key("votes", name, ["outcome"], ["cast"], "Votes."), value, 0)
    values.close()


def counted() -> str:
    return read_processes().decode().splitlines()[-1]


def test_processes_are_counted_together(folder):
    count(folder, 10, 3)
    count(folder, 11, 4)

    assert counted() == 'votes_total{outcome="cast"} 7.0'


def test_what_ended_processes_counted_stays_and_their_files_go(folder):
    count(folder, 10, 3)
    count(folder, 11, 4)
    count(folder, 110, 5)

    retire_process(folder, 10)
    retire_process(folder, 11)

    assert counted() == 'votes_total{outcome="cast"} 12.0'
    assert {path.name for path in folder.glob("*.db")} == {"counter_ended.db", "counter_110.db"}


def test_a_gauge_of_an_ended_process_goes_with_it(folder):
    count(folder, 10, 3, kind="gauge_livesum", name="votes")
    count(folder, 11, 4, kind="gauge_livesum", name="votes")

    retire_process(folder, 10)

    assert counted() == 'votes{outcome="cast"} 4.0'
