"""What a text finds among the listed tools, and which names are near to a mistyped one."""

import pytest

from reviews.listing import near_names, search
from reviews.listing.facets import Facets
from reviews.listing.query import MOST_SYNONYMS, understand
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.plans import planned_without
from tools.actions import change_tool
from tools.models import Category, Fact, FactKind, SearchSynonym

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


def test_a_word_weighs_by_where_it_is():
    category, other = make_category(name="Editors"), make_category()
    kind = make_fact_kind("text")
    in_description = make_tool(name="A", category=other, description="An editor. " * 50)
    by_category = make_tool(name="B", category=category)
    in_fact = make_tool(name="C", category=other)
    make_fact(in_fact, kind, "Editor")
    in_best_for = make_tool(name="D", category=other, best_for="An editor.")
    in_tagline = make_tool(name="E", category=other, tagline="An editor.")
    in_name = make_tool(name="The F editor", category=other)

    expected = [in_name, in_best_for, in_tagline, by_category, in_fact, in_description]
    assert found("editor") == [tool.pk for tool in expected]


def test_words_next_to_each_other_come_before_words_apart():
    apart = make_tool(name="A", tagline="An agent that writes code.", best_for="Code of an agent.")
    together = make_tool(name="B", tagline="A code agent.")

    assert found("code agent") == [together.pk, apart.pk]


def test_discontinued_tools_are_last_but_for_their_own_name():
    gone = make_tool(name="Old Code", tagline="An editor, an editor.", status="discontinued")
    here = make_tool(name="Zed", tagline="Types.", description="An editor, not Old. Code.")

    assert found("editor") == [here.pk, gone.pk]
    assert found("old") == [gone.pk, here.pk]
    gone.status = "active"
    change_tool(tool=gone)
    assert found("editor") == [gone.pk, here.pk]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Crème Brûlée", "creme"),
        ("Creme", "CRÈME"),
        ("通义千问", "千问"),
        ("通义千问", "通"),
        ("がんばれAI", "んば"),
        ("클로바", "로바"),
        ("علّام", "علام"),
        ("ГигаЧат", "гигач"),
        ("Ёлка", "елка"),
        ("हिन्दी", "हिन्"),
        ("llama.cpp", "llama cpp"),
        ("llama.cpp", "llamacpp"),
        ("ElevenLabs", "eleven labs"),
        ("ChatGPT‑5", "ＣＨＡＴＧＰＴ 5"),
    ],
)
def test_a_name_of_any_script_is_found_without_accents_case_and_spaces(name, text):
    wanted = make_tool(name=name)
    make_tool(name="Other 千 义 问")

    assert found(text)[:1] == [wanted.pk]


def test_characters_of_a_name_are_found_next_to_each_other_only():
    make_tool(name="千里问")

    assert found("千问") == []


def test_a_category_is_found_by_a_word_of_its_present_name():
    category = make_category(name="Vector Databases")
    tool = make_tool(category=category, tagline="Fast search.")

    assert found("database") == found("vector search") == [tool.pk]
    Category.objects.update(name="Stores")
    assert found("database") == []
    assert found("store") == [tool.pk]


def test_a_fact_that_is_true_is_found_by_the_present_name_of_its_kind():
    kind = make_fact_kind("boolean", name="Self-hosting")
    yes, no = make_tool(name="Yes"), make_tool(name="No")
    make_fact(yes, kind, True)
    make_fact(no, kind, False)

    assert found("self-hosted") == [yes.pk]
    assert found("hosting") == []
    FactKind.objects.update(name="On premises")
    assert found("self-hosted") == []
    assert found("on premises") == [yes.pk]
    fact = Fact.objects.get(tool=yes)
    fact.tool = make_tool(name="Third")
    fact.save()
    assert found("on premises") == [fact.tool_id]
    fact.delete()
    assert found("on premises") == []


def test_a_text_in_a_fact_is_found_as_long_as_it_is_there():
    tool = make_tool()
    fact = make_fact(tool, make_fact_kind("text"), "Written in Rust")

    assert found("rust") == [tool.pk]
    Fact.objects.filter(pk=fact.pk).update(text="Written in Go")
    assert found("rust") == []


def test_a_synonym_finds_what_it_stands_for_and_both_ways_if_it_says_so():
    make_category(name="Local Inference")
    vector = make_tool(name="A", tagline="A vector store.")
    local = make_tool(name="B", category=make_category(name="Local Engines"))
    SearchSynonym.objects.create(term="RAG", stands_for="vector store")
    SearchSynonym.objects.create(term="on my laptop", stands_for="local engines", is_two_way=True)
    laptop = make_tool(name="C", tagline="On my laptop it runs.")

    assert found("rag") == [vector.pk]
    assert found("vector store rag") == [vector.pk]
    assert sorted(found("on my laptop")) == sorted(found("local engines")) == [local.pk, laptop.pk]
    SearchSynonym.objects.filter(term="RAG").delete()
    assert found("rag") == []


def test_of_many_synonyms_the_same_ones_are_searched_whatever_the_plan():
    SearchSynonym.objects.bulk_create(
        SearchSynonym(term="rag", stands_for=f"vector{n}") for n in range(MOST_SYNONYMS + 20)
    )

    with planned_without(["hashagg"]):
        expected = understand("rag").parts
    with planned_without(["sort"]):
        found = understand("rag").parts

    assert found == expected


def test_the_order_of_the_words_of_a_term_counts_when_a_stop_word_is_between_them():
    to_speech = make_tool(name="A", tagline="Text to speech.")
    to_text = make_tool(name="B", tagline="Speech recognition.")
    SearchSynonym.objects.create(term="speech to text", stands_for="speech recognition")
    SearchSynonym.objects.create(term="text to speech", stands_for="speech synthesis")

    assert found("speech to text") == [to_text.pk]
    assert found("text to speech") == [to_speech.pk]


def test_only_stop_words_find_no_more_with_a_facet_than_without():
    make_tool(name="Zed", entry="free")

    assert found("the of") == found("the of", Facets(entry="free")) == []


def test_words_that_say_nothing_are_left_out_beside_others():
    tool = make_tool(name="A", tagline="Draws.")
    best = make_tool(name="Best", tagline="Plays.")

    assert found("best ai tools that draw") == [tool.pk]
    assert found("best") == [best.pk]


def partly(text):
    result = search.search(text, partially=True)
    assert result.is_partial
    return result.tool_ids


def test_of_tools_that_match_some_words_those_with_most_and_rarest_come_first():
    common = [make_tool(name=f"A{n}", tagline="An editor.") for n in range(3)]
    rare = make_tool(name="B", tagline="In Rust.")
    two = make_tool(name="C", tagline="An editor.", description="In Rust.")
    gone = make_tool(name="D", tagline="A rust editor.", status="discontinued")

    expected = [two.pk, rare.pk, *(tool.pk for tool in common), gone.pk]
    assert partly("rust editor zebra") == expected
    assert found("rust editor zebra") == []
    assert not search.search("rust editor", partially=True).is_partial


def test_some_words_are_searched_among_the_tools_with_the_facets():
    make_tool(name="A", tagline="An editor.", entry="free")
    paid = make_tool(name="B", tagline="An editor.", entry="paid")

    result = search.search("editor zebra", Facets(entry="paid"), partially=True)

    assert result == search.Found([paid.pk], is_partial=True)


HOSTILE = [
    "\0", "a\0b", "\u202e\u200f", "🦄🦄", "'", "' | '", "a <-> b:*", "!a & (b", "\\", "\ud7ff", "x" * 100_000,
    "word " * 1000, "千" * 1000, "of the and to", "'category:1'", "\x01\x7f", "%_%", "{most}", "%(now)s", "ﷺ" * 1000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_hostile_text_breaks_a_search_for_some_words(text):
    make_tool(published=False, name="Hidden")

    assert search.search(text, partially=True).tool_ids == []


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
