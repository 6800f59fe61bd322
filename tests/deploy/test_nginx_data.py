"""nginx sends the files of the dump itself, and leaves all else under /data/ to the site."""

import hashlib

import pytest

from dump.publishing import publish_dump
from tests.deploy.shipped_nginx import shipped_nginx

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(tmp_path):
    return publish_dump(tmp_path / "data")


@pytest.fixture
def nginx(tmp_path, backend, made):
    with shipped_nginx(tmp_path, backend=backend.port, data=made.parent) as nginx:
        yield nginx


def test_a_file_is_sent_without_the_site_and_in_parts(nginx, backend, made):
    content = (made / "tools.jsonl.gz").read_bytes()

    whole = nginx.get("/data/tools.jsonl.gz")
    part = nginx.get("/data/tools.jsonl.gz", Range="bytes=3-9")
    same = nginx.get("/data/tools.jsonl.gz", If_None_Match=whole.headers["ETag"])

    assert (whole.status, whole.body) == (200, content)
    assert whole.headers["Content-Type"] == "application/gzip"
    assert "Content-Encoding" not in whole.headers
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert whole.headers["Cache-Control"] == "public, max-age=300"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert (part.status, part.body) == (206, content[3:10])
    assert same.status == 304
    assert backend.asked == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("manifest.json", "application/json; charset=utf-8"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
        ("recompute.py", "text/x-python; charset=utf-8"),
    ],
)
def test_every_file_has_its_type(nginx, made, name, kind):
    answer = nginx.get(f"/data/{name}")

    assert answer.headers["Content-Type"] == kind
    expected = hashlib.sha256((made / name).read_bytes()).hexdigest()
    assert hashlib.sha256(answer.body).hexdigest() == expected


@pytest.mark.parametrize(
    "path",
    [
        "/data/",
        "/data/nothing.gz",
        "/data/.lock",
        "/data/current/tools.jsonl.gz",
        "/data/..%2f.lock",
    ],
)
def test_all_else_is_left_to_the_site(nginx, backend, path):
    assert nginx.get(path).text == "answer 1"


def test_a_folder_that_nginx_cannot_read_is_left_to_the_site(tmp_path, backend):
    with shipped_nginx(tmp_path, backend=backend.port) as nginx:
        assert nginx.get("/data/tools.jsonl.gz").text == "answer 1"
