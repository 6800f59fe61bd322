import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from tests.factories import make_category, make_reviewer, make_tool

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

    with pytest.raises(IntegrityError, match="is an old address of something else"):
        make(slug="first")


def test_the_form_is_told_that_a_slug_is_an_old_one():
    tool = make_tool(slug="first")
    tool.slug = "second"
    tool.save()
    other = make_tool()

    other.slug = "first"
    with pytest.raises(ValidationError, match="old address of something else"):
        other.full_clean()
