"""The same program, reading the API instead of a dump."""

import re
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from dump import recompute
from reviews.calibration.figures import CALIBRATION
from reviews.calibration.models import Agreement, Leniency
from reviews.models import PanelVerdict, Review
from tests.votes.ballots import make_vote, make_votes
from tools.models import Fact, Tool
from votes.models import Tally, VoteDay
from votes.rankings.figures import RANKINGS
from votes.rankings.models import Rank, RankedTool

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(live_server, settings, monkeypatch):
    """The address of the API over the sample with votes. Its change log is of the past, so that nothing has to settle."""
    settings.PAGE_CACHE = True
    settings.API_LIMIT_NETWORK = (5000, 5000)
    monkeypatch.setattr(recompute, "SETTLES", 0)
    call_command("import_catalog", "sample/catalog.json", verbosity=0)
    for number, tool in enumerate(Tool.objects.order_by("pk")[:6]):
        make_votes(tool, ships=3 * number, skips=15 - number)
    make_vote(Tool.objects.first(), rule="pace")
    RANKINGS.refresh()
    CALIBRATION.refresh()
    return f"{live_server.url}/api/v1/"


def change(rows, **values):
    """Change a row as nothing but the database itself could."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        rows.model.objects.filter(pk=rows.order_by("pk").first().pk).update(**values)
        cursor.execute("SET session_replication_role = origin")
    caches["pages"].clear()  # no version of a page has changed


def forge_a_row_of_each_table():
    """Change what recompute.py names below."""
    change(PanelVerdict.objects.filter(tool__slug="aider"), spread=99)
    change(Tally.objects.filter(ships=3), ships=4)
    change(VoteDay.objects.filter(event="held"), event="voided")
    change(Review.objects.filter(tool__slug="aider"), revision=2, reason="A gap.")
    change(Tool.objects.filter(slug="aider"), pricing="$ 1")
    change(Fact.objects.filter(tool__slug="aider"), source_url="https://other.example/")
    change(Leniency.objects.all(), points=9)
    change(Agreement.objects.all(), score_alpha=0.99)
    change(Rank.objects.filter(ranking="panel", category=None), corrected_place=9)
    change(RankedTool.objects.exclude(highest=None), highest=100)


NAMED = [
    r"panel, aider: spread is 99",
    r"tallies, [a-z0-9-]+: ships is 4, and the vote log adds up to 3",
    r"tallies, [a-z0-9-]+: held is 1, and the vote log adds up to",
    r"reviews, aider, [a-z]+, revision 2: ",
    r"tools, aider: pricing is ",
    r"tools, aider: its fact of the kind ",
    r"leniency, row .*: points is 9",
    r"agreement, row .*: score_alpha is 0.99",
    r"ranks, panel, category None, place \d+: corrected_place is 9",
    r"ranks, .*: highest is 100",
]


def test_everything_matches_until_something_is_forged(api):
    report = recompute.check_api(api)

    assert report.problems == []
    assert [note for note in report.notes if "not compared" in note or "left out" in note] == []
    assert "29 comparisons" in report.notes[0]
    forge_a_row_of_each_table()
    found = recompute.check_api(api).problems
    for pattern in NAMED:
        assert [problem for problem in found if re.match(pattern, problem)], (pattern, found)


def test_some_tools_alone_are_checked_without_figures_over_all(api):
    report = recompute.check_api(api, most=3)

    assert report.problems == []
    assert report.notes[0].startswith("Read: 3 tools,")
    assert "rankings" not in report.notes[1]


def test_the_tools_of_a_category_alone_are_checked(api, monkeypatch, capsys):
    ids = set(Tool.objects.filter(category__slug="coding-assistants").values_list("pk", flat=True))
    read = []
    check_tool = recompute.check_tool

    def recorded(rows, rules, report):
        read.extend(row["id"] for row in rows["tools"])
        return check_tool(rows, rules, report)

    monkeypatch.setattr(recompute, "check_tool", recorded)
    program = ["recompute.py", api, "--category", "coding-assistants"]
    monkeypatch.setattr(recompute.sys, "argv", program)

    assert recompute.main() == 0
    assert 1 < len(ids) < Tool.objects.count()
    assert sorted(read) == sorted(ids)
    assert "rankings" not in capsys.readouterr().out
    change(PanelVerdict.objects.filter(tool__slug="aider"), spread=99)
    assert recompute.main() == 1
    assert capsys.readouterr().out.startswith("panel, aider: spread is 99")


def test_any_pair_is_checked_and_told(api):
    report = recompute.check_api(api, compared=[["aider", "cline"]])

    assert report.problems == []
    assert report.figures == [
        "aider and cline: split (aider minus cline: mean 3.0, interval -22.95 to 28.95, 4 scored both). "
        "Aider wins under 67% of all weightings of the reviewers."
    ]
    assert "1 comparisons" in report.notes[0]


def test_a_past_day_is_what_the_site_says_of_it(api, monkeypatch):
    day, pair = "2026-06-20", [["aider", "cline"]]
    then = recompute.check_api(api, on=day, compared=pair)
    today = recompute.check_api(api, on=str(datetime.now(UTC).date()), most=4)
    get = recompute.Api.get

    def forged(reader, path, **parameters):
        found = get(reader, path, **parameters)
        if path != "tools/aider/" or "on" not in parameters:
            return found
        return found | {"panel": found["panel"] | {"spread": 99}}

    monkeypatch.setattr(recompute.Api, "get", forged)
    differing = recompute.check_api(api, on=day, compared=pair)

    assert then.problems == today.problems == []
    assert then.figures[0] == f"At the end of {day} (UTC):"
    assert [line for line in today.figures if "readers: 3 ship, 14 skip" in line]
    assert [problem.partition(" is")[0] for problem in differing.problems] == [
        f"tools, aider, on {day}: spread"
    ]


class Refusing(BaseHTTPRequestHandler):
    """Refuses each second request, and otherwise says which of its requests was answered."""

    asked = 0

    def do_GET(self):
        Refusing.asked += 1
        body = b'{"asked": %d}' % Refusing.asked
        self.send_response(429 if Refusing.asked % 2 else 200)
        self.send_header("Retry-After", "7")
        self.send_header("RateLimit-Policy", '"network";q=600;w=300')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def test_it_waits_where_the_site_says_so_and_how_long_the_rest_takes(monkeypatch):
    waited = []
    monkeypatch.setattr(recompute.time, "sleep", waited.append)
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        api = recompute.Api(f"http://127.0.0.1:{server.server_port}/api/v1")

        answers = [api.get("rules/"), api.get("rules/")]

        server.shutdown()
    assert answers == [{"asked": 2}, {"asked": 4}]
    assert waited == [7, 7]
    assert api.seconds_for(500) == 0
    assert api.seconds_for(1800) == 600
