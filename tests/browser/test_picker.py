"""The arrow keys lead from the search of the picker into its results."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server):
    for name in ("Ada", "Adele", "Bert", "Cleo"):
        make_tool(name=name, slug=name.lower())
    return live_server.url


def focused(page):
    return page.evaluate(
        "document.activeElement.id || document.activeElement.value || document.activeElement.innerText"
    )


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_down_enters_the_results_of_the_picker(page, site):
    page.goto(site + "/compare/?tools=cleo")
    page.get_by_label("Find a tool").focus()
    page.keyboard.type("adele")
    expect(page.get_by_role("checkbox", name="Adele")).to_be_visible()

    press(page, "ArrowDown")
    assert focused(page) == "cleo"
    press(page, "ArrowDown", "Space")
    page.get_by_role("button", name="Compare tools").press("Enter")

    page.wait_for_url(site + "/compare/adele-vs-cleo/")
