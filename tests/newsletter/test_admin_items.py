"""The items of an issue and its suggested subjects, as staff edit them."""

import pytest
from django.urls import reverse

from newsletter.digest.edits import sentence_code
from newsletter.issues.actions import start_sending
from newsletter.issues.issue_content import digest_of
from newsletter.models import Issue
from tests.factories import make_reviewer
from tests.newsletter.factories import make_issue
from tests.newsletter.ledger_factory import SINCE, UNTIL, old_tool, on, record_change, review

pytestmark = pytest.mark.django_db


@pytest.fixture
def tools():
    bo = make_reviewer("Bo")
    tools = [old_tool(name) for name in ("Ada", "Bea", "Cyd")]
    for place, tool in enumerate(tools):
        review(tool, (bo, 90 - 10 * place, "ship"), at=on(2))
    return tools


@pytest.fixture
def issue(tools):
    return make_issue(since=SINCE, until=UNTIL, subject="Typed", parts=["new", "other"])


def address(issue):
    return reverse("admin:newsletter_issue_change", args=[issue.pk])


def page(client, issue):
    return client.get(address(issue)).content.decode()


def fields_of(client, issue):
    """What a browser would send of the page as it is."""
    form = client.get(address(issue)).context["adminform"].form
    names = ["subject", "preheader", "intro", "version_token"]
    fields = {name: form[name].value() for name in names}
    fields |= {f"parts-{part}": str(place) for place, part in enumerate(issue.parts, 1)}
    for row in form.fields["edits"].rows:
        edit = form["edits"].value().get(row.key, {})
        fields |= {f"edits-{row.key}-place": edit.get("place") or ""}
        fields |= {
            f"edits-{row.key}-{name}": edit.get(name, "") for name in ["note", "ship", "skip"]
        }
        fields |= {f"edits-{row.key}-is_included": "on"} if edit.get("is_included", True) else {}
        fields |= {f"edits-{row.key}-is_lead": "on"} if edit.get("is_lead") else {}
    return fields


def save(client, issue, tool=None, without=(), **edit):
    """Save the page with changes to the item of `tool`, or to `edit` as they are named."""
    prefix = f"edits-new-{tool.pk}-" if tool else ""
    fields = fields_of(client, issue) | {f"{prefix}{name}": value for name, value in edit.items()}
    for name in without:
        fields.pop(f"{prefix}{name}")
    response = client.post(address(issue), fields)
    issue.refresh_from_db()
    return response


def names(issue):
    return [item.tool.name for item in digest_of(issue).new]


def test_an_editor_leaves_an_item_out(editor, issue, tools):
    save(editor, issue, tools[1], without=["is_included"])

    assert issue.edits == {f"new-{tools[1].pk}": {"is_included": False}}
    assert names(issue) == ["Ada", "Cyd"]
    assert 'aria-label="Include: Bea: Ship" >' in page(editor, issue)
    assert 'aria-label="Include: Ada: Ship" checked>' in page(editor, issue)


def test_an_editor_orders_items_and_chooses_a_lead_with_a_note(editor, issue, tools):
    save(editor, issue, tools[2], place="1", is_lead="on", note="We asked.")

    assert names(issue) == ["Cyd", "Ada", "Bea"]
    (lead,) = digest_of(issue).lead_items
    assert (lead.tool.name, lead.note) == ("Cyd", "We asked.")


def test_an_editor_chooses_another_sentence(editor, issue, tools):
    code = sentence_code(tools[0].reviews.get(), 0)
    assert f'<option value="{code}"' in page(editor, issue)

    save(editor, issue, tools[0], ship="none")
    assert digest_of(issue).new[0].quotes == ()

    save(editor, issue, tools[0], ship=code)
    assert [quote.text for quote in digest_of(issue).new[0].quotes] == ["It held up."]


@pytest.mark.parametrize(
    "edit, problem",
    [
        ({"place": "0"}, "Ada: Ship: Ensure this value is greater than or equal to 1."),
        ({"place": "100"}, "Ada: Ship: Ensure this value is less than or equal to 99."),
        ({"place": "first"}, "Ada: Ship: Enter a whole number."),
        ({"note": "x" * 281}, "Ada: Ship: Ensure this value has at most 280 characters"),
        ({"note": "a\0b"}, "Null characters are not allowed."),
        ({"ship": "7.0"}, "Ada: Ship: Choose a sentence from the list."),
        ({"skip": "none"}, "Ada: Ship: Choose a sentence from the list."),
    ],
)
def test_a_refused_save_says_why_and_keeps_what_was_typed(editor, issue, tools, edit, problem):
    typed = {"subject": "Another subject"} | {
        f"edits-new-{tools[0].pk}-{name}": value for name, value in edit.items()
    }

    response = save(editor, issue, **typed | {f"edits-new-{tools[1].pk}-note": "Keep me."})

    html = response.content.decode()
    assert response.status_code == 200
    assert problem in html
    assert issue.edits == {}
    assert "Another subject" in html
    assert ">Keep me.</textarea>" in html


def test_at_most_two_items_are_leads(editor, issue, tools):
    leads = {f"edits-new-{tool.pk}-is_lead": "on" for tool in tools}

    response = save(editor, issue, **leads)

    assert "Choose at most 2 items as the lead." in response.content.decode()
    assert issue.edits == {}


def test_a_page_without_the_table_keeps_the_edits(editor, issue, tools):
    save(editor, issue, tools[0], note="Stays.")
    fields = fields_of(editor, issue)
    kept = {name: value for name, value in fields.items() if not name.startswith("edits")}

    editor.post(address(issue), kept | {"subject": "New"})

    issue.refresh_from_db()
    assert (issue.subject, issue.edits) == ("New", {f"new-{tools[0].pk}": {"note": "Stays."}})


def test_the_edits_of_items_that_the_page_does_not_show_stay(editor, issue, tools):
    Issue.objects.update(edits={"new-999999": {"note": "Stays."}})
    issue.refresh_from_db()

    save(editor, issue, tools[0], note="New.")

    assert issue.edits == {"new-999999": {"note": "Stays."}, f"new-{tools[0].pk}": {"note": "New."}}


def test_somebody_elses_edit_of_an_item_is_not_overwritten(editor, issue, tools):
    mine = fields_of(editor, issue) | {f"edits-new-{tools[0].pk}-note": "Mine."}
    save(editor, issue, tools[1], note="Theirs.")

    response = editor.post(address(issue), mine)

    issue.refresh_from_db()
    assert "This issue changed after you opened this page" in response.content.decode()
    assert issue.edits == {f"new-{tools[1].pk}": {"note": "Theirs."}}


def test_a_page_that_was_saved_unchanged_is_no_conflict(editor, issue, tools):
    save(editor, issue, tools[0], note="One.", place="2", is_lead="on")
    mine = fields_of(editor, issue)
    save(editor, issue, tools[1], note="Theirs.")

    assert editor.post(address(issue), mine).status_code == 302
    issue.refresh_from_db()
    assert issue.edits[f"new-{tools[1].pk}"] == {"note": "Theirs."}


def test_a_suggested_subject_is_taken(editor, issue):
    assert 'value="Ada: Ship. Bea: Ship"' in page(editor, issue)

    save(editor, issue, suggestion="Ada: Ship. Bea: Ship")
    assert issue.subject == "Ada: Ship. Bea: Ship"

    save(editor, issue, subject="", suggestion="Ada: Ship, and 2 more changes")
    assert issue.subject == "Ada: Ship, and 2 more changes"


def test_only_a_suggested_subject_is_taken(editor, issue):
    assert save(editor, issue, suggestion="Made up").status_code == 200
    assert issue.subject == "Typed"


def test_edits_are_frozen_with_the_content(editor, issue, tools):
    save(editor, issue, tools[2], place="1", note="We asked.")
    content = start_sending(issue=issue).content

    assert [item["tool"]["name"] for item in content["new"]] == ["Cyd", "Ada", "Bea"]
    assert content["new"][0]["note"] == "We asked."


def test_the_page_has_a_row_for_each_of_the_first_items(editor, issue):
    for number in range(45):
        record_change(old_tool(f"Tool {number}"), "pricing", "9", "12", at=on(3))

    assert page(editor, issue).count("-place") == 40


def test_an_announcement_is_sent_without_changes():
    issue = make_issue(intro="We move.", subject="We move", is_announcement=True)

    stored = start_sending(issue=issue)

    assert (stored.state, stored.content["is_announcement"]) == ("sending", True)
    assert digest_of(stored).parts == []
