"""Components are rendered once for each set of values, and joined rows become models."""

from datetime import date

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from bookmarks.button import BookmarkButton
from bookmarks.templatetags.bookmarks import bookmark_button
from tests.factories import make_fact, make_fact_kind, make_tool
from tools.models import Fact, FactKind, LedgerEntry, Tool
from votes.box import BoxTool, VoteBox
from votes.models import Tally
from votes.templatetags.votes import vote_box
from web import components
from web.components import component, fill, placeholder
from web.joined_rows import JoinedRows
from web.templatetags.components import time_element

VERDICT = "components/verdict.html"


def rendered(source, **values):
    return Template("{% load components %}" + source).render(Context(values))


def test_a_component_is_rendered_once_for_each_set_of_values(monkeypatch):
    renders = []
    monkeypatch.setattr(
        components, "render_to_string", lambda name, values: renders.append(values) or str(values)
    )
    values = {"verdict": "ship", "label": "a label that no page has"}

    assert component(VERDICT, **values) == component(VERDICT, **values)
    component(VERDICT, **values | {"verdict": "skip"})

    assert renders == [values, values | {"verdict": "skip"}]


def test_values_that_are_equal_but_print_differently_are_not_mixed_up(monkeypatch):
    monkeypatch.setattr(components, "render_to_string", lambda name, values: str(values))

    assert component("one.html", value=1) == "{'value': 1}"
    assert component("one.html", value=True) == "{'value': True}"
    assert component("one.html", value="1.0") == "{'value': '1.0'}"


def test_in_development_a_component_is_read_each_time(monkeypatch, settings):
    settings.DEBUG = True
    renders = []
    monkeypatch.setattr(components, "render_to_string", lambda name, values: renders.append(name))

    component(VERDICT, verdict="ship")
    component(VERDICT, verdict="ship")

    assert renders == [VERDICT, VERDICT]


def test_values_of_a_component_are_escaped():
    html = rendered(
        f'{{% component "{VERDICT}" verdict=verdict label=label %}}', verdict="ship", label="<b>"
    )

    assert "&lt;b&gt;" in html
    assert '<span class="verdict verdict--ship">' in html


def test_a_date_is_a_time_element():
    assert time_element(date(2026, 3, 9)) == '<time datetime="2026-03-09">9 Mar 2026</time>'


FACTS = JoinedRows(
    """
    SELECT {fact}, {kind}, {successor}, length(fact.text)
    FROM tools_fact AS fact
    JOIN tools_factkind AS kind ON kind.id = fact.kind_id
    JOIN tools_tool AS tool ON tool.id = fact.tool_id
    LEFT JOIN tools_tool AS successor ON successor.id = tool.successor_id
    WHERE kind.name = %s ORDER BY fact.id
    """,
    fact=Fact,
    kind=FactKind,
    successor=Tool,
)


@pytest.mark.django_db
def test_joined_rows_are_instances_of_their_models(django_assert_num_queries):
    kind, old, new = make_fact_kind(), make_tool(), make_tool()
    Tool.objects.filter(pk=old.pk).update(successor=new)
    made = [make_fact(old, kind, "MIT"), make_fact(new, kind, "Apache-2.0")]

    with django_assert_num_queries(1):
        first, second = FACTS.read([kind.name])

    assert [first[0], second[0]] == made
    assert (first[0].text, first[0].observed_on) == ("MIT", made[0].observed_on)
    assert first[1] is second[1]
    assert first[1].name == kind.name
    assert [first[2], second[2]] == [new, None]
    assert [first[3], second[3]] == [3, 10]


@pytest.mark.django_db
def test_json_in_joined_rows_is_what_was_stored():
    added = make_tool(pricing="$5").ledger.get()
    rows = JoinedRows(
        "SELECT {entry} FROM tools_ledgerentry AS entry WHERE id = %s", entry=LedgerEntry
    )

    ((entry,),) = rows.read([added.pk])

    assert entry.new["pricing"] == "$5"


@pytest.mark.django_db
def test_generated_columns_are_deferred_fields():
    tool = make_tool()
    rows = JoinedRows("SELECT {tally} FROM votes_tally AS tally WHERE tool_id = %s", tally=Tally)

    ((tally,),) = rows.read([tool.pk])

    assert tally.get_deferred_fields() == {"rank_bound"}
    assert tally.rank_bound is None


def test_texts_are_escaped_in_their_placeholders():
    html = rendered(
        f'{{% component "{VERDICT}" verdict="ship" label=label %}}', label=placeholder("name")
    )

    assert ">&lt;b&gt; 0-slug-0<" in fill(mark_safe(html), name="<b> 0-slug-0", slug="other")


@pytest.mark.django_db
@pytest.mark.parametrize(("ships", "skips", "held"), [(0, 0, 0), (3, 1, 0), (12, 5, 2)])
def test_a_filled_vote_box_is_as_if_rendered_for_its_tool(ships, skips, held):
    tool = make_tool(name="<b>\"A' & 0-slug-0", slug="a-b")
    tool.tally.ships, tool.tally.skips, tool.tally.held = ships, skips, held

    assert vote_box(tool) == render_to_string("votes/box.html", {"box": VoteBox(BoxTool.of(tool))})


@pytest.mark.django_db
def test_a_filled_bookmark_button_is_as_if_rendered_for_its_tool():
    tool = make_tool(name="<b>\"A' & 0-slug-0", slug="a-b")
    button = BookmarkButton(tool.slug, tool.name)

    assert bookmark_button(tool) == render_to_string("bookmarks/button.html", {"button": button})
