"""What the browser says of the headers of every answer."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_browser_knows_every_feature_of_the_permissions_policy(page, live_server):
    said = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(live_server.url + "/method/")

    assert said == []
