"""Successors end, however they are entered: no circle of any length."""

from itertools import pairwise

import pytest
from django.db import IntegrityError, connection

from tests.admin_client import make_staff, send, sign_in
from tests.factories import make_category, make_tool
from tests.tools.test_admin_csv import dry_run, errors
from tools.models import Tool
from tools.successors import LONGEST_CHAIN, successor_problem, successor_problems

pytestmark = pytest.mark.django_db
CIRCLE = "Successors must not lead back to the tool itself: {}."


def make_chain(length):
    """Return tools of which each is followed by the next."""
    tools = [make_tool(name=f"T{place}", slug=f"t{place}") for place in range(length)]
    for tool, following in pairwise(tools):
        Tool.objects.filter(pk=tool.pk).update(successor=following)
        tool.successor = following
    return tools


def check_constraints():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("length", [2, 3, 8, LONGEST_CHAIN + 5])
def test_the_database_refuses_a_circle(length):
    tools = make_chain(min(length, LONGEST_CHAIN))
    check_constraints()

    with pytest.raises(IntegrityError, match="do not end"):
        Tool.objects.filter(pk=tools[-1].pk).update(successor=tools[0])


def test_the_database_refuses_a_chain_that_is_too_long():
    tools = make_chain(LONGEST_CHAIN + 1)
    check_constraints()
    first = make_tool()

    with pytest.raises(IntegrityError, match="do not end"):
        Tool.objects.filter(pk=first.pk).update(successor=tools[0])


def test_a_circle_that_is_opened_in_the_same_transaction_is_allowed():
    first, second = make_chain(2)
    Tool.objects.filter(pk=second.pk).update(successor=first)
    Tool.objects.filter(pk=first.pk).update(successor=None)

    check_constraints()

    assert list(successor_problems()) == []


def test_the_page_of_a_tool_names_the_circle():
    tools = make_chain(3)
    operator = sign_in(make_staff(is_superuser=True))

    response = send(operator, tools[2], successor=tools[0].pk, ledger_reason="Bought.")

    assert response.context["adminform"].form.errors == {
        "successor": [CIRCLE.format("T2 → T0 → T1 → T2")]
    }


def test_a_chain_of_the_longest_length_is_no_problem_and_one_more_is():
    tools = make_chain(LONGEST_CHAIN + 1)
    first = make_tool(name="First")
    assert successor_problem(tools[0]) == ""

    first.successor = tools[0]

    assert successor_problem(first).startswith(
        f"More than {LONGEST_CHAIN} successors follow each other: First → T0 → T1"
    )


def test_rows_of_a_csv_file_that_form_a_circle_are_refused_in_words():
    category = make_category(slug="c")
    for slug in ["ada", "bea", "cleo"]:
        make_tool(slug=slug, name=slug.title(), category=category, published=False)
    editor = sign_in(make_staff("Editor"))

    answer = dry_run(editor, "slug,successor\nada,bea\nbea,cleo\ncleo,ada\n")

    assert CIRCLE.format("Ada → Bea → Cleo → Ada") in errors(answer)
