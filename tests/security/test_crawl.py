"""Hostile requests to every URL pattern, in production settings: no failure, no trace, no cost, no change.

`bin/test tests/security/test_crawl.py --crawl-minutes 20` goes on with other requests, `--crawl-seed` chooses them.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.deploy.site import collect_static, production
from tests.security.site_data import make_site_data
from tests.security.url_patterns import site_patterns
from tests.security.visitors import VISITORS, cookies_of

# Staff stay signed in for as long as it takes.
OF_THE_CRAWL = {
    "SITE_URL": "https://localhost",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "STAFF_SESSION_HOURS": "1000",
    "STAFF_SESSION_IDLE_MINUTES": "60000",
}
PROGRAM = "import django; django.setup(); from tests.security.crawl.__main__ import main; main()"


@pytest.fixture
def static(tmp_path):
    folder = tmp_path / "static"
    collect_static(folder)
    return folder


@pytest.mark.django_db(transaction=True)
def test_hostile_requests_are_refused_or_answered(static, tmp_path, pytestconfig):
    site_data = make_site_data()
    order = {
        "seed": pytestconfig.getoption("crawl_seed"),
        "minutes": pytestconfig.getoption("crawl_minutes"),
        "share": 0.3,
        "values": {pattern.route: site_data.values_for(pattern) for pattern in site_patterns()},
        "visitors": {visitor: cookies_of(visitor, site_data) for visitor in VISITORS},
    }
    environment = production(static, **OF_THE_CRAWL)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=settings.BASE_DIR,
        env=environment,
        input=json.dumps(order),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout)
    findings = report.pop("findings")
    path = Path(pytestconfig.getoption("crawl_report") or tmp_path / "report.txt")
    path.write_text("\n".join([json.dumps(report, indent=1), *findings]))
    assert findings == [], f"{len(findings)} findings: see {path}."
