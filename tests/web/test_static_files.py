"""What browsers fetch beside a page: how many files, and how many bytes on the wire."""

import re
from pathlib import Path

import brotli
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import override_settings

from web.static_files import bundle

PRODUCTION = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "web.static_files.BundledStaticFilesStorage"},
}
STYLESHEET_BYTES = 12_000
SCRIPT_BYTES = 20_000
FONT_BYTES = 40_000


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder of static files as in production."""
    root = tmp_path_factory.mktemp("collected")
    with override_settings(STORAGES=PRODUCTION, STATIC_ROOT=root):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def compressed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes(), quality=11))


def test_all_styles_of_public_pages_are_one_small_file(collected):
    (stylesheet,) = collected.glob("css/site.????????????.css")

    assert "@import" not in stylesheet.read_text()
    assert compressed(stylesheet) <= STYLESHEET_BYTES


def test_the_stylesheet_holds_the_rules_of_each_part_in_order(collected):
    (stylesheet,) = collected.glob("css/site.????????????.css")
    text = stylesheet.read_text()
    parts = [".skip-link{", ".hero{", ".drawer", "@media print{:root"]

    places = [text.index(part) for part in parts]

    assert places == sorted(places)


def test_all_scripts_of_public_pages_are_small(collected):
    names = re.findall(r"static '((?:js|vendor)/[^']+)\.js'", public_templates())

    total = sum(
        compressed(path)
        for name in sorted(set(names))
        for path in collected.glob(f"{name}.????????????.js")
    )

    assert len(set(names)) == 9
    assert total <= SCRIPT_BYTES


def test_a_page_loads_one_small_font():
    faces = re.findall(r"@font-face {(.*?)}", Path("static/css/tokens.css").read_text(), re.DOTALL)
    latin = [face for face in faces if "U+0000-00FF" in face]

    assert len(latin) == 1
    assert (
        Path("static/fonts/schibsted-grotesk-latin-wght-normal.woff2").stat().st_size <= FONT_BYTES
    )


def test_a_browser_finds_what_draws_the_page_before_everything_else(client, db):
    head = client.get("/compare/").text.partition("</head>")[0]

    names = re.findall(r'(?:src|href)="/static/(?:\w+/)?([^"]+)"', head)

    assert names[:3] == ["theme.js", "site.css", "schibsted-grotesk-latin-wght-normal.woff2"]
    assert names[-1] == "arrow-keys.js"


def public_templates() -> str:
    templates = Path("templates")
    return "".join(
        path.read_text() for path in sorted(templates.rglob("*.html")) if "admin" not in path.parts
    )


def test_an_imported_stylesheet_that_does_not_exist_stops_the_collection(tmp_path):
    with pytest.raises(KeyError, match="nowhere"):
        bundle(
            "css/site.css",
            {"css/site.css": (Texts({"site": '@import url("nowhere.css");'}), "site")},
        )


class Texts(dict):
    """A storage with these texts."""

    def open(self, name):
        return ContentFile(self[name].encode())
