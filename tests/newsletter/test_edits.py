"""What staff decide about single items of a digest."""

import pytest

from newsletter.digest.default_copy import default_subject, suggested_subjects
from newsletter.digest.edits import NOT_EDITED, ItemEdit, edited, edits_of, sentence_code
from newsletter.digest.sections import PARTS, sections
from reviews.actions import publish_reviews
from tests.factories import draft_review, make_reviewer
from tests.newsletter.digests import changed, digest_of, full_digest
from tests.newsletter.ledger_factory import old_tool, on, week

THREE = digest_of(changed=(changed(1), changed(2), changed(3)))


def shown(digest, **edits):
    kept = edited(digest, {key.replace("_", "-"): edit for key, edit in edits.items()})
    return [
        (section.heading, [item.tool.name for item in section.items])
        for section in sections(kept, list(PARTS), "weekly")
    ]


def test_an_item_is_left_out():
    assert shown(THREE, changed_2=ItemEdit(is_included=False)) == [
        ("Changed verdicts", ["Tool 1", "Tool 3"])
    ]


def test_items_with_a_place_come_first_in_that_order():
    edits = {"changed_3": ItemEdit(place=1), "changed_2": ItemEdit(place=2)}

    assert shown(THREE, **edits) == [("Changed verdicts", ["Tool 3", "Tool 2", "Tool 1"])]


def test_leads_stand_before_the_parts_and_only_there():
    edits = {"changed_3": ItemEdit(is_lead=True), "new_2": ItemEdit(is_lead=True)}
    digest = digest_of(changed=THREE.changed, new=full_digest().new)

    assert shown(digest, **edits) == [
        ("Top stories", ["Tool 3", "Tool 2"]),
        ("Changed verdicts", ["Tool 1", "Tool 2"]),
    ]
    assert shown(digest, changed_3=edits["changed_3"])[0] == ("Top story", ["Tool 3"])


def test_there_are_at_most_two_leads():
    edits = {f"changed_{n}": ItemEdit(is_lead=True) for n in (1, 2, 3)}

    assert shown(THREE, **edits)[0] == ("Top stories", ["Tool 1", "Tool 2"])


def test_a_lead_of_a_part_that_is_left_out_is_not_shown():
    digest = edited(THREE, {"changed-1": ItemEdit(is_lead=True)})

    assert sections(digest, ["new"], "weekly") == []


def test_a_note_is_one_line_of_limited_length():
    edits = {
        "changed-1": ItemEdit(note="We asked\nthe makers."),
        "status-3": ItemEdit(note="x" * 999),
    }

    digest = edited(full_digest(), edits)

    assert digest.changed[0].note == "We asked the makers."
    assert len(digest.status[0].note) == 280


def test_the_subject_begins_with_the_lead():
    digest = edited(THREE, {"changed-3": ItemEdit(is_lead=True)})

    assert default_subject(digest) == "Tool 3 is now Ship, and 2 more changes"


def test_a_tool_discontinued_since_is_no_headline():
    digest = digest_of(changed=(changed(3),), new=full_digest().new, status=full_digest().status)

    assert default_subject(digest) == "Tool 2: Skip, and 2 more changes"


def test_three_subjects_are_suggested():
    assert suggested_subjects(full_digest()) == [
        "Tool 1 is now Ship, and 3 more changes",
        "Tool 1 is now Ship. Tool 2: Skip",
        "3 of 4 reviewers prefer Tool 6 to Tool 5",
    ]
    assert suggested_subjects(digest_of(changed=(changed(1, "Ada"),))) == [
        "Ada is now Ship",
        "1 changed verdict",
    ]
    assert suggested_subjects(None) == []


def test_a_suggested_subject_fits():
    long = digest_of(changed=tuple(changed(n, "A" * 300) for n in (1, 2)))

    assert max(len(subject) for subject in suggested_subjects(long)) <= 120


def test_edits_are_stored_without_what_nobody_edited():
    edit = ItemEdit(is_lead=True, note="Hello.")

    assert NOT_EDITED.to_json() == {}
    assert edits_of({"new-1": edit.to_json()}) == {"new-1": edit}
    assert edit.to_json() == {"is_lead": True, "note": "Hello."}


def test_edits_of_items_that_are_gone_change_nothing():
    assert edited(THREE, {"new-77": ItemEdit(is_included=False)}) == THREE


# Quotes


@pytest.fixture
def tool(db):
    tool = old_tool("Ada")
    for position, (score, verdict, body) in enumerate(
        [(80, "ship", "It is good in the morning. It is better in the evening."), (20, "skip", "It failed all of our tests.")]
    ):  # fmt: skip
        draft = draft_review(tool, make_reviewer(position=position), score, verdict, body=body)
        publish_reviews(tool=tool, reviews=[draft], at=on(2 + position))
    return tool


def quoted(tool, **edit):
    (item,) = edited(week(), {f"new-{tool.pk}": ItemEdit(**edit)}).new
    return [quote.text for quote in item.quotes]


def test_staff_choose_another_sentence_or_none(tool):
    ship = tool.reviews.get(verdict="ship")

    assert quoted(tool) == ["It is good in the morning.", "It failed all of our tests."]
    assert quoted(tool, ship=sentence_code(ship, 1), skip="none") == [
        "It is better in the evening."
    ]


def test_a_sentence_that_is_gone_is_replaced_by_the_strongest(tool):
    ship = tool.reviews.get(verdict="ship")

    for code in [sentence_code(ship, 7), "123456.0", "x", "9" * 30 + ".0"]:
        assert quoted(tool, ship=code, skip="none") == ["It is good in the morning."]


def test_the_chosen_sentences_of_all_items_are_one_query(tool, django_assert_num_queries):
    digest, ship = week(), tool.reviews.get(verdict="ship")
    edits = {f"new-{n}": ItemEdit(ship=sentence_code(ship, 1)) for n in (tool.pk, 1, 2)}

    with django_assert_num_queries(1):
        edited(digest, edits)
