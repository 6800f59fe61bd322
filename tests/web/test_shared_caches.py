"""What caches between the site and its readers may keep."""

import pytest

from tests.factories import make_tool

pytestmark = pytest.mark.django_db
# Of a member of staff who looks at the site, of another app on the same host, and made up.
COOKIES = ["csrftoken=" + "a" * 32, "sessionid=" + "b" * 32, "messages=x", "reader=y", "theme=dark"]
PUBLIC = [
    "/", "/tools/", "/tools/?q=a", "/tools/ada/", "/compare/", "/compare/ada-vs-eda/", "/compare/ada-vs-eda/?diff=1",
    "/compare/ada-vs-eda/?w=x", "/changes/", "/method/", "/method/rules.json", "/voting/", "/privacy/", "/reviewers/",
    "/newsletter/issues/", "/newsletter/issues/rss/", "/tools/suggest/?q=a", "/tools/ada/votes/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def two_tools(settings):
    settings.PAGE_CACHE = True
    make_tool(name="Ada", slug="ada")
    make_tool(name="Eda", slug="eda")


@pytest.mark.parametrize("cookie", COOKIES)
@pytest.mark.parametrize("address", PUBLIC)
def test_no_public_page_sets_a_cookie_or_depends_on_one(client, address, cookie):
    client.cookies.load(cookie)

    for _ in range(2):  # rendered, and then from the cache
        response = client.get(address)
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "") or "public" not in response["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/tools/ada/", 304),
        ("/compare/ada-vs-eda/", 304),
        ("/tools/nobody/", 404),
        ("/compare/ada-vs-nobody/", 404),
        ("/compare/nobody-vs-no-one/", 404),
        ("/reviewers/nobody/", 404),
        ("/categories/nothing/", 404),
    ],
)
def test_any_copy_is_valid_only_of_a_page_that_exists(client, address, status):
    response = client.get(address, headers={"if-none-match": "*"})

    assert response.status_code == status
    if status == 404:
        assert response["Cache-Control"] == "no-store"
        assert "X-Accel-Expires" not in response
