import pytest
from django.test import Client, RequestFactory

from pages import errors
from tests.pages.reading import words


@pytest.mark.parametrize(
    ("answer", "status", "heading"),
    [
        (errors.bad_request, 400, "Bad request"),
        (errors.permission_denied, 403, "You don't have access"),
        (errors.csrf_failure, 403, "We could not confirm that this came from our site"),
        (errors.page_not_found, 404, "Page not found"),
        (errors.server_error, 500, "Something went wrong on our side"),
    ],
)
def test_an_error_page_needs_neither_database_nor_session(answer, status, heading):
    """Without the django_db mark a test that touches the database fails."""
    page = answer(RequestFactory().get("/"))

    assert page.status_code == status
    assert heading in words(page)
    assert 'class="header"' in page.content.decode()
    assert page["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/%FF%FE", "/目录/", "/" + "x" * 9000, "/tools/a/b/c/"]
)
def test_an_address_that_is_nowhere_is_not_found_in_the_sites_look(client, path):
    page = client.get(path)

    assert page.status_code == 404
    assert "Page not found" in words(page)


def test_a_form_without_a_token_is_refused_in_the_sites_look():
    form = {"data": "a=b", "content_type": "application/x-www-form-urlencoded"}

    page = Client(enforce_csrf_checks=True).post("/tools/", **form)

    assert page.status_code == 403
    assert "We could not confirm that this came from our site" in words(page)


@pytest.mark.django_db
def test_a_page_that_breaks_answers_500_in_the_sites_look(client, monkeypatch):
    client.raise_request_exception = False

    def breaks():
        raise RuntimeError

    monkeypatch.setattr("pages.home.views.build_home_page", breaks)

    page = client.get("/")

    assert page.status_code == 500
    assert "Something went wrong on our side" in words(page)
