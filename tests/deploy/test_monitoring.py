"""The dashboard and the alerts read what the site prints, and each alert has its heading in docs/operations.md."""

import json
import re
import shutil
import subprocess

import pytest
import yaml
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from newsletter.models import Delivery
from newsletter.signup.tasks import send_mail
from tests.config.test_health import backed_up, dumped
from tests.config.test_metrics import HEADERS, TOKEN
from tests.factories import make_tool
from tests.newsletter.factories import make_issue, make_subscriber
from tests.web.test_stalled_jobs import execute, make_worker

ROOT = settings.BASE_DIR
ALERTS = ROOT / "deploy/prometheus/alerts.yml"
RULES = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((ROOT / "deploy/grafana.json").read_text())
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
]
OPERATIONS = (ROOT / "docs/operations.md").read_text()


@pytest.fixture
def printed(client, db, settings, tmp_path):
    """{name: {label: values}} of an installation in which everything has happened."""
    settings.METRICS_TOKEN, settings.PAGE_CACHE = TOKEN, True
    make_worker(silent_seconds=1)
    backed_up(settings, hours=1)
    dumped(settings, tmp_path, hours=1)
    send_mail.defer(kind="confirmation", subscriber=1)
    execute("UPDATE procrastinate_jobs SET status = 'failed' RETURNING id")
    issue = make_issue()
    type(issue).objects.filter(pk=issue.pk).update(
        state="sending", number=1, content={}, content_hash="x", published_at="2026-01-01T00:00Z"
    )
    Delivery.objects.create(issue=issue, subscriber=make_subscriber(), state="uncertain")
    client.get("/")
    path = f"/tools/{make_tool().slug}/vote/"
    client.post(path, "choice=ship", content_type="application/x-www-form-urlencoded")
    answer = client.get("/metrics", headers=HEADERS)
    printed = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            labels = printed.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return printed


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_read_is_printed(printed, expression):
    read = re.findall(r"(shiporskip_\w+)(?:\{([^}]*)\})?", expression)

    assert read
    for name, selectors in read:
        for label, operator, value in re.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', selectors):
            assert label in printed[name]
            if operator == "=" and label == "part":
                assert value in printed[name]["part"]
        assert name in printed
    for labels in re.findall(r"by \(([^)]*)\)", expression):
        assert all(label in printed[name] for name, _ in read for label in labels.split(", "))


def test_there_is_one_alert_for_each_heading():
    headings = re.findall(r"^### (.+)$", OPERATIONS.partition("\n## Alerts\n")[2], re.MULTILINE)
    anchors = [heading.lower().replace(" ", "-") for heading in headings]

    assert len(RULES) == 11
    assert [f"docs/operations.md#{anchor}" for anchor in anchors] == [
        rule["annotations"]["runbook_url"] for rule in RULES
    ]
    for rule, heading in zip(RULES, headings, strict=True):
        assert f"### {heading}\n\n*{rule['alert']}*: " in OPERATIONS


def test_the_document_names_every_metric_that_is_printed_and_no_other(printed):
    table = OPERATIONS.partition("| metric |")[2].partition("\n\n")[0]
    documented = set(re.findall(r"`(shiporskip_\w+)`", table))
    documented |= {
        re.sub(r"_in_use$", "", name) + "_max"
        for name in re.findall(r"`(shiporskip_\w+)`, `_max`", table)
    }
    families = {
        re.sub(r"_(bucket|count|sum|created)$", "", name)
        for name in printed
        if name.startswith("shiporskip_") and not name.endswith("_created")
    }

    assert families == documented


@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool (Debian: prometheus)")
def test_prometheus_takes_the_rules():
    done = subprocess.run(["promtool", "check", "rules", ALERTS], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "SUCCESS: 11 rules found" in done.stdout
