"""What the admin says: headings in words, and nothing that is not so."""

import pytest
from django.contrib import admin

from accounts.models import User
from tests.admin_client import make_staff, sign_in
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return sign_in(make_staff(is_superuser=True))


def test_every_part_of_the_admin_has_a_heading_in_words(operator):
    context = operator.get("/admin/").context

    assert [app["name"] for app in context["app_list"]] == [
        "Panel", "Catalogue", "Votes", "Newsletter", "Staff", "Staff groups", "Background jobs",
    ]  # fmt: skip
    assert {str(model._meta.verbose_name) for model in admin.site._registry}.isdisjoint(
        {"ledger entry", "reaffirmation"}
    )


def test_only_the_start_page_says_what_waits(operator):
    assert "Waiting for you" in words(operator.get("/admin/"))
    assert "Waiting for you" not in words(operator.get("/admin/tools/"))


def test_a_new_account_is_not_offered_a_way_to_sign_in_that_this_site_lacks(operator):
    page = words(operator.get("/admin/accounts/user/add/"))
    operator.post(
        "/admin/accounts/user/add/",
        {"username": "edda", "password1": "four plain words", "password2": "four plain words"},
    )

    assert "LDAP" not in page
    assert User.objects.get(username="edda").check_password("four plain words")
