"""bin/faults: what it counts, when it fails, and its short form with the real processes."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bin.local.faults import run
from bin.local.faults.catalogue import FAULTS, NotTried
from bin.local.faults.load import Load, SignUp, Voter
from bin.local.faults.report import Result, table, write
from bin.local.faults.requests import Answer, Client, Log

ROOT = Path(__file__).resolve().parents[2]
WELL = Result("kill-worker", requests=10, acknowledged=6)


def answer(status, began, ended):
    return Answer("/", status, began, ended)


def voter(cookie="reader=aa:signature"):
    client = Client(1, "192.0.2.1", Log())
    client.cookie = cookie
    return Voter(client, ["ada", "ben"])


def test_a_vote_that_was_acknowledged_and_is_not_stored_is_lost():
    reader = voter()
    reader.may_be = {"ada": ["ship"], "ben": ["skip", "ship"]}

    assert reader.lost({("aa", "ada"): "skip", ("aa", "ben"): "ship"}) == 1
    assert reader.may_be == {"ada": ["skip"], "ben": ["ship"]}  # and is not counted again
    assert reader.lost({("aa", "ben"): "ship"}) == 1


def test_a_vote_that_was_not_answered_may_be_either():
    reader = voter()
    reader.step()  # nothing listens on port 1

    slug = next(slug for slug, may_be in reader.may_be.items() if len(may_be) == 2)
    assert reader.acknowledged == 0
    assert reader.lost({("aa", slug): reader.may_be[slug][1]}) == 0


def test_failures_and_recovery_are_counted_from_the_end_of_the_fault():
    result = Result("kill-worker")
    answers = [answer(200, 0, 1), answer(503, 1, 6), answer(0, 6, 7.5), answer(500, 7, 7.1)]
    result.count([*answers, answer(303, 7, 9.5), answer(200, 9, 9.1)], ended=5)

    assert (result.requests, result.failed, result.errors) == (6, 3, 1)
    assert (result.slowest, result.recovered_after) == (5, 4.5)


def test_without_a_failure_the_site_has_recovered_at_once():
    result = Result("kill-worker")
    result.count([answer(200, 0, 1)], ended=0.5)

    assert result.recovered_after == 0


class Received:
    def __init__(self, *emails):
        self.mail = self
        self.emails = Counter(emails)

    def received(self):
        return self.emails


def test_emails_are_counted_for_the_fault_of_their_sign_up():
    load = Load(1, ["ada"])
    load.sign_ups = [SignUp("new1@x", "a"), SignUp("new2@x", "a"), SignUp("new3@x", "b")]
    results = [Result("a"), Result("b")]
    received = Received("new1@x", "new3@x", "new3@x", "reader1@x", "reader1@x", "reader2@x")

    run.count_emails(results, received, load)

    assert [(one.lost_sign_ups, one.repeated, one.doubled) for one in results] == [
        (1, 0, 0),
        (0, 1, 1),
    ]


@pytest.mark.parametrize("loss", ["lost_votes", "lost_sign_ups", "doubled", "errors"])
def test_the_command_fails_when_something_was_lost_or_doubled(monkeypatch, capsys, loss):
    monkeypatch.setattr(sys, "argv", ["bin/faults"])
    monkeypatch.setattr(run, "run", lambda *_, **__: [WELL])
    assert run.main() == 0

    monkeypatch.setattr(run, "run", lambda *_, **__: [WELL, Result("greylisting", **{loss: 1})])
    assert run.main() == 1
    assert "| greylisting | 0 |" in capsys.readouterr().out


def test_a_fault_that_cannot_be_made_here_says_why():
    with pytest.raises(NotTried, match="libfaketime"):
        FAULTS["database-clock"].happen(None)

    assert "| database-clock | not tried: no clock |" in table(
        [Result("database-clock", not_tried="no clock")]
    )


def test_faults_are_chosen_by_name_and_listed(monkeypatch, capsys):
    only = run.parse(["--only", "greylisting", "kill-worker"])
    assert [fault.name for fault in run.chosen(only)] == ["greylisting", "kill-worker"]
    assert 1 < len(run.chosen(run.parse(["--quick"]))) < len(run.chosen(run.parse([])))

    monkeypatch.setattr(sys, "argv", ["bin/faults", "--list"])
    assert run.main() == 0
    assert len(capsys.readouterr().out.splitlines()) == len(FAULTS)


def test_results_are_written_as_json(tmp_path):
    write(tmp_path / "faults.json", [WELL])

    assert json.loads((tmp_path / "faults.json").read_text())[0]["acknowledged"] == 6


def test_the_short_form_loses_nothing(tmp_path):
    command = [sys.executable, "-m", "bin.local.faults.run", "--quick", "--json", tmp_path / "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    results = {one["fault"]: one for one in json.loads((tmp_path / "json").read_text())}
    assert list(results) == [fault.name for fault in FAULTS.values() if fault.is_quick]
    assert all(one["acknowledged"] > 10 for one in results.values())
    crash = results["postgres-crashes"]
    # A request during the 4 s without Postgres fails, or waits for it.
    assert crash["failed"] > 0 or crash["slowest"] > 1
