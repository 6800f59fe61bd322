"""Every rule of the catalogue that the database itself keeps, broken once each."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms import modelform_factory

from reviews.models import Reviewer
from tests.factories import make_category, make_fact, make_fact_kind, make_tool
from tools.models import Category, Fact, FactKind, Tool

pytestmark = pytest.mark.django_db


def refused_by(constraint):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize("slug", ["a-vs-b", "vs-b", "a-vs", "vs"])
def test_vs_is_no_word_of_a_slug(slug):
    tool = make_tool()

    with refused_by("tool_slug_is_an_address"):
        Tool.objects.filter(pk=tool.pk).update(slug=slug)


@pytest.mark.parametrize(
    "slug", ["Upper", "with space", "-edge", "edge-", "two--hyphens", "ümlaut", ""]
)
def test_a_slug_is_lower_case_words_between_single_hyphens(slug):
    tool = make_tool()

    with refused_by("tool_slug_is_an_address"):
        Tool.objects.filter(pk=tool.pk).update(slug=slug)


def test_a_slug_that_only_holds_the_letters_vs_is_fine():
    assert make_tool(slug="canvas-kit").slug == "canvas-kit"


def test_a_slug_has_at_most_80_characters():
    assert make_tool(slug="a" * 80).slug == "a" * 80

    with pytest.raises(Exception, match=r"value too long for type character varying\(80\)"):
        make_tool(slug="a" * 81)


def test_two_tools_never_share_a_slug():
    make_tool(slug="same")

    with refused_by("one_tool_per_slug"):
        make_tool(slug="same")


@pytest.mark.parametrize("model", [Category, FactKind, Reviewer])
def test_a_form_says_at_its_field_what_is_taken(model):
    model.objects.create(name="Taken", slug="taken")
    form = modelform_factory(model, fields=["name", "slug"])({"name": "Taken", "slug": "taken"})

    assert form.errors == {
        "name": [f"Another {model._meta.verbose_name} has this name."],
        "slug": ["Slug already used by Taken."],
    }


def test_a_tool_is_not_its_own_successor():
    tool = make_tool()

    with refused_by("tool_is_not_its_own_successor"):
        Tool.objects.filter(pk=tool.pk).update(successor=tool.pk)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//tool.example/"])
def test_a_website_is_http(address):
    tool = make_tool()

    with refused_by("tool_website_is_http"):
        Tool.objects.filter(pk=tool.pk).update(website=address)


@pytest.mark.parametrize("field", ["entry", "tagline"])
def test_a_published_tool_has_what_every_card_prints(field):
    tool = make_tool()

    with refused_by("published_tool_has_entry_and_tagline"):
        Tool.objects.filter(pk=tool.pk).update(**{field: ""})


def test_one_fact_per_kind_and_tool():
    tool, kind = make_tool(), make_fact_kind()
    make_fact(tool, kind, "MIT")

    with refused_by("one_fact_per_kind_and_tool"):
        make_fact(tool, kind, "BSD")


def test_a_numeric_kind_holds_a_number():
    fact = make_fact(make_tool(), make_fact_kind("number"), 128_000)

    with refused_by("fact_holds_the_value_of_its_type"):
        Fact.objects.filter(pk=fact.pk).update(number=None, text="128 thousand")


def test_a_fact_has_the_type_of_its_kind():
    fact = make_fact(make_tool(), make_fact_kind("number"), 128_000)

    with refused_by("fact_has_the_type_of_its_kind"), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(value_type="text", number=None, text="128 thousand")
        connection.check_constraints()


def test_a_kind_with_facts_keeps_its_type():
    fact = make_fact(make_tool(), make_fact_kind("number"), 128_000)

    with refused_by("fact_has_the_type_of_its_kind"), transaction.atomic():
        FactKind.objects.filter(pk=fact.kind_id).update(value_type="text")
        connection.check_constraints()


def test_only_numeric_kinds_have_a_direction():
    with refused_by("only_numeric_fact_kinds_have_a_direction"):
        make_fact_kind("text", better="higher")


def test_a_source_is_http():
    fact = make_fact(make_tool(), make_fact_kind(), "MIT")

    with refused_by("fact_source_is_http"):
        Fact.objects.filter(pk=fact.pk).update(source_url="javascript:alert(1)")


def test_a_fact_keeps_its_value_in_the_type_of_its_kind():
    tool = make_tool()
    make_fact(tool, make_fact_kind("text"), "MIT")
    make_fact(tool, make_fact_kind("number"), 128_000)
    make_fact(tool, make_fact_kind("boolean"), False, observed_on=date(2026, 1, 2))

    assert [fact.value for fact in tool.facts.all()] == ["MIT", 128_000, False]


def test_a_category_with_tools_is_not_deleted():
    category = make_category()
    make_tool(category=category)

    with pytest.raises(IntegrityError):
        category.delete()
