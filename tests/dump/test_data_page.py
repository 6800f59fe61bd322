import pytest
from lxml import html

from dump.publishing import publish_dump
from tests.factories import make_tool

pytestmark = pytest.mark.django_db


@pytest.fixture
def dump(tmp_path, settings):
    settings.DATA_DIR = str(tmp_path)
    settings.DATA_LICENCE = "CC BY 4.0"
    make_tool()
    return publish_dump(tmp_path)


def test_the_page_lists_every_file_with_its_hash(client, dump):
    page = client.get("/data/").content.decode()

    for line in (dump / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert f'href="/data/{name}"' in page
        assert digest in page or name == "manifest.json"
    assert "CC BY 4.0" in page
    assert "This dump is not signed." in page


def test_the_cached_page_is_that_of_the_newest_dump(client, dump, settings):
    settings.PAGE_CACHE = True
    before = client.get("/data/").content

    publish_dump(dump.parent)

    assert client.get("/data/").content != before


def test_files_are_sent_with_their_hash_as_etag(client, dump):
    response = client.get("/data/tools.jsonl.gz")

    assert response["Content-Type"] == "application/gzip"
    assert "Content-Encoding" not in response
    assert response.getvalue() == (dump / "tools.jsonl.gz").read_bytes()
    assert (
        client.get("/data/tools.jsonl.gz", headers={"If-None-Match": response["ETag"]}).status_code
        == 304
    )


@pytest.mark.parametrize("name", ["nothing.gz", "..", "%2e%2e%2fcurrent", "tools.jsonl.gz%00", "."])
def test_other_names_are_not_found(client, dump, name):
    assert client.get(f"/data/{name}").status_code in {400, 404}


def test_without_a_folder_for_it_there_is_no_page(client, settings):
    settings.DATA_DIR = ""

    assert client.get("/data/").status_code == 404
    assert client.get("/data/manifest.json").status_code == 404


def test_before_the_first_dump_the_page_says_when_it_comes(client, settings, tmp_path):
    settings.DATA_DIR, settings.PAGE_CACHE = str(tmp_path), True
    make_tool()

    before = client.get("/data/").content.decode()
    publish_dump(tmp_path)

    assert "No files have been published yet." in before
    assert client.get("/data/manifest.json").getvalue().startswith(b"{")
    assert "manifest.json" in client.get("/data/").content.decode()


def test_each_table_stands_once_with_its_rows_and_formats(client, dump):
    page = html.fromstring(client.get("/data/").content)

    (tools,) = page.xpath("//dl/div[dt='tools']")
    assert "1 row ·" in tools.text_content()
    assert tools.xpath(".//a/@href") == [
        "/data/tools.jsonl.gz",
        "/data/tools.csv.gz",
        "/data/tools.schema.json",
    ]
