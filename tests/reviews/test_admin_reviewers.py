import pytest

from reviews.models import Reviewer
from tests.admin_client import form_values, make_staff, sign_in
from tests.factories import make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db

ADD = "/admin/reviews/reviewer/add/"
PAGES = ["/", "/reviewers/", "/sitemap-pages.xml", "/tools/suggest/?q=newcomer"]


def test_a_new_reviewer_is_last_and_not_active(client):
    make_reviewer("Bo", position=7)
    editor = sign_in(make_staff("Editor"))
    form = editor.get(ADD).context["adminform"].form

    editor.post(ADD, form_values(form) | {"name": "New", "slug": "new"})

    new = Reviewer.objects.get(slug="new")
    assert (new.position, new.is_active) == (8, False)


def test_readers_see_a_reviewer_who_is_active_or_has_written(client):
    new = make_reviewer("Newcomer", slug="new", is_active=False)

    def pages():
        found = [page for page in PAGES if "/reviewers/new/" in client.get(page).content.decode()]
        return found, client.get("/reviewers/new/").status_code

    hidden = pages()
    new.is_active = True
    new.save()
    active = pages()
    publish_review(make_tool(), new)
    new.is_active = False
    new.save()

    assert hidden == ([], 404)
    assert active == (PAGES, 200)
    assert pages() == (PAGES[1:], 200)  # the home page lists the present panel
