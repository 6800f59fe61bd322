"""What the OpenAPI document allows, and what it does not, is sent to a real server: no error of the server, and no
answer that the document does not describe."""

import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.deploy.site import gunicorn, production
from tests.factories import make_tool
from tests.pages.page_writes import make_catalogue, the

EXAMPLES = 10  # for each endpoint
SECONDS = 45


# Also the refusal of an address that is too long, by the server in front.
CONFIGURATION = """
[checks]
negative_data_rejection.expected-statuses = [400, 404, 405, 410, 414, 422]
"""


@pytest.fixture
def site(tmp_path, transactional_db):
    make_catalogue()
    for slug in ["aider", "cline"]:  # the examples in the document
        make_tool(slug=slug, category=the("alpha").category)
    with gunicorn(
        tmp_path,
        production(tmp_path, ALLOWED_HOSTS="127.0.0.1", API_LIMIT_NETWORK_AT_ONCE="1000000"),
    ) as port:
        address = f"http://127.0.0.1:{port}"
        with urlopen(f"{address}/api/v1/openapi.json", timeout=60) as page:
            page.read()
        yield address


def test_every_answer_is_as_the_document_says(site, tmp_path):
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    command = [
        Path(sys.executable).with_name("st"), "run", f"{site}/api/v1/openapi.json", "--url", site,
        "--max-examples", str(EXAMPLES), "--seed", "1", "--max-time", str(SECONDS), "--no-shrink",
        "--generation-database", "none", "--no-color", "--request-timeout", "60",
    ]  # fmt: skip

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout + run.stderr
