from html.parser import HTMLParser

import pytest

from web.markdown import TAGS, render_markdown
from web.validators import validate_web_address


class Elements(HTMLParser):
    """The elements of a piece of HTML, as a browser's parser would find them."""

    def __init__(self):
        super().__init__()
        self.found = []

    @classmethod
    def of(cls, html):
        parser = cls()
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_staff_text_is_markdown():
    html = render_markdown("**Bold**, `code` and [a link](https://a.example/).\n\n- one\n- two")

    assert html == (
        "<p><strong>Bold</strong>, <code>code</code> and "
        '<a href="https://a.example/" rel="nofollow noopener">a link</a>.</p>\n'
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](https://a.example/)",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://a.example/pixel.png)",
        "<a href='https://a.example' onclick='alert(1)'>x</a>",
        '[x](https://a.example/ "\' onmouseover=alert(1)")',
        "<svg/onload=alert(1)>",
        "<style>body{}</style>",
    ],
)
def test_nothing_that_runs_or_loads_reaches_a_page(text):
    html = render_markdown(text)

    for tag, attributes in Elements.of(html):
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel", "title"}
        assert attributes.get("href", "https:").startswith(("http:", "https:", "mailto:"))


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "ftp://a.example/", "//a.example/", "https://", "x" * 600, ""],
)
def test_an_address_is_http(address):
    with pytest.raises(Exception, match=r"address|characters"):
        validate_web_address(address)
