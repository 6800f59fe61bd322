"""What a text finds among the listed tools, and which names are near to a mistyped one."""

import pytest

from reviews.listing import near_names, search
from reviews.listing.facets import Facets
from tests.factories import make_category, make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db


def found(text, facets=None):
    return search.search(text, facets).tool_ids


@pytest.mark.parametrize(
    "text", ["vector", "VECTOR store", '"vector store"', "Ada", "ad", "nimble", "lovel", "ada-one"]
)
def test_search_finds_words_and_the_beginnings_of_words_of_a_name(text):
    wanted = make_tool(
        name="Ada Lovelace", slug="ada-one", tagline="A vector store.", description="Nimble."
    )
    make_tool(name="Bob", tagline="Paints.")

    assert found(text) == [wanted.pk]


@pytest.mark.parametrize(
    "text", ["' ( :* !", "%", "_", "a & | b", '"', "-", "x" * 10_000, "\\", "entry:free", "&&", ""]
)
def test_no_search_text_breaks_the_search(text):
    make_tool(published=False, name="Hidden")

    assert found(text) == []


def test_the_name_that_is_asked_for_comes_first_then_names_that_begin_with_it():
    in_text = make_tool(name="Zed", description="An editor, an editor, an editor.")
    in_name = make_tool(name="My Editor")
    begins = make_tool(name="Editor Pro")
    same = make_tool(name="Editor")

    assert found("editor") == [same.pk, begins.pk, in_name.pk, in_text.pk]


def test_a_draft_a_scheduled_and_a_withdrawn_tool_are_not_found():
    make_tool(name="Editor", published=False)

    assert found("editor") == []


def test_a_search_is_filtered_by_each_facet():
    here = make_category()
    wanted = make_tool(name="Editor", category=here, entry="paid")
    make_tool(name="Editor", category=make_category(), entry="paid")
    make_tool(name="Editor", category=here, entry="free")
    skipped = make_tool(name="Editor", category=here, entry="paid")
    publish_review(skipped, make_reviewer(), 20, "skip")

    assert found("editor", Facets(here, "paid", "none")) == [wanted.pk]
    assert found("edit", Facets(here, "paid", "skip")) == [skipped.pk]


def test_of_many_matches_the_best_rated_are_among_those_found(monkeypatch):
    monkeypatch.setattr(search, "MOST", 3)
    panel = [make_reviewer() for _ in range(3)]
    for n in range(6):
        make_tool(name=f"Tool {n}", description="An editor.")
    best = make_tool(name="Zed", description="An editor.")
    for reviewer in panel:
        publish_review(best, reviewer, 95)

    result = search.search("editor")

    assert result.is_cut
    assert len(result.tool_ids) == 3
    monkeypatch.setattr(search, "MOST", 7)
    assert best.pk in search.search("editor").tool_ids


def test_as_many_matches_as_fit_are_all_and_not_cut():
    for n in range(3):
        make_tool(name=f"Editor {n}")

    assert not search.search("editor").is_cut


@pytest.mark.parametrize(
    "asked",
    ["qdrnat", "qdrant-db", "qdran", "qqdrant", "kdrant", "QDRANT!", "qdrant-vector-search"],
)
def test_a_mistyped_name_finds_the_right_one(asked):
    make_tool(name="Qdrant", slug="qdrant")
    for name in ("Weaviate", "Milvus", "Chroma"):
        make_tool(name=name, slug=name.lower())

    assert near_names.near_names(asked)[:1] == [("Qdrant", "qdrant")]


@pytest.mark.parametrize("asked", ["lang-chain", "langchian", "langchainn", "lang chan"])
def test_words_that_run_together_are_found_apart_and_the_other_way_round(asked):
    make_tool(name="LangChain", slug="langchain")
    make_tool(name="Haystack", slug="haystack")

    assert near_names.near_names(asked) == [("LangChain", "langchain")]


def test_a_name_in_another_script_is_found_by_its_slug():
    make_tool(name="通义千问", slug="tongyi-qianwen")

    assert near_names.near_names("tongyi-qianwn") == [("通义千问", "tongyi-qianwen")]


def test_no_name_is_near_to_something_else_and_none_is_a_draft_or_left_out():
    make_tool(name="Qdrant", slug="qdrant", published=False)
    make_tool(name="Milvus", slug="milvus")

    assert near_names.near_names("qdrant") == []
    assert near_names.near_names("zzzzzz") == []
    assert near_names.near_names("milvis", without=["milvus"]) == []


@pytest.mark.parametrize("asked", ["", "-", "%", "'", "\\", "x" * 10_000, "a " * 5000])
def test_no_text_breaks_the_near_names(asked):
    make_tool(name="Qdrant", slug="qdrant")

    assert near_names.near_names(asked) == []
