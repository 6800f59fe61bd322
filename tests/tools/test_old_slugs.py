import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from tests.factories import make_category, make_fact_kind, make_reviewer, make_tool

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [make_tool, make_category, make_reviewer])
def test_a_changed_slug_is_kept(make):
    thing = make(slug="first")

    for slug in ["second", "third"]:
        thing.slug = slug
        thing.save()

    assert sorted(thing.old_slugs.values_list("slug", flat=True)) == ["first", "second"]


def test_a_tool_may_take_its_own_old_slug_back():
    tool = make_tool(slug="first")

    for slug in ["second", "first"]:
        tool.slug = slug
        tool.save()

    assert list(tool.old_slugs.values_list("slug", flat=True)) == ["second"]


@pytest.mark.parametrize("make", [make_tool, make_category, make_reviewer])
def test_an_old_slug_is_never_given_to_another(make):
    thing = make(slug="first")
    thing.slug = "second"
    thing.save()

    with pytest.raises(IntegrityError, match="still redirects to something else"):
        make(slug="first")


@pytest.mark.parametrize("make", [make_tool, make_category, make_reviewer])
def test_a_form_says_where_an_old_slug_leads(make):
    thing = make(slug="first", name="Zed Editor")
    thing.slug = "second"
    thing.save()
    other = make()

    other.slug = "first"
    with pytest.raises(ValidationError) as refused:
        other.full_clean()

    assert refused.value.message_dict == {"slug": ["“first” still redirects to Zed Editor."]}


@pytest.mark.parametrize("make", [make_tool, make_category, make_reviewer, make_fact_kind])
def test_a_form_says_who_has_a_slug(make):
    make(slug="aider", name="Aider")
    other = make()

    other.slug = "aider"
    with pytest.raises(ValidationError) as refused:
        other.full_clean()

    assert refused.value.message_dict == {"slug": ["Slug already used by Aider."]}


@pytest.mark.parametrize("make", [make_tool, make_category, make_reviewer, make_fact_kind])
def test_a_row_keeps_its_own_slug_and_takes_its_old_one_back(make):
    row = make(slug="first")
    row.slug = "second"
    row.save()

    row.full_clean()
    row.slug = "first"
    row.full_clean()
