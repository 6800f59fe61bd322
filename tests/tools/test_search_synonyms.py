"""The synonyms of the search: what the database and the admin refuse, and how a text is folded."""

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from tests.admin_client import make_staff, sign_in
from tools.models import SearchSynonym

pytestmark = pytest.mark.django_db


def folded(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tools_folded(%s)", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Łódź, Ærø, Straße", "lodz aero strasse"),
        ("llama.cpp / self-hosted_now", "llama cpp self hosted now"),
        ("通义千问Qwen3", "通 义 千 问 qwen3"),
        ("がんばれ", "が ん ば れ"),
        ("علّام", "علام"),
        ("Ёлка Й", "елка и"),
        ("ＧＰＴ‐４ ﬁne", "gpt 4 fine"),
        ("a\u200fb\u00adc\u202e", "abc"),
        ("हिन्दी", "हिनदी"),
        ("' ( :* ! % _ \\", ""),
    ],
)
def test_a_text_is_folded_to_its_words(text, words):
    assert folded(text) == words


@pytest.mark.parametrize(
    ("term", "stands_for"),
    [
        ("LLM", "language  model"),
        ("rag", "RÁG"),
        ("", "rag"),
        ("rag", " - "),
        ("a b c d e f g", "rag"),
    ],
    ids=["there already", "itself", "nothing", "no words", "too many words"],
)
def test_a_synonym_has_two_short_sides_and_is_there_once(term, stands_for):
    SearchSynonym.objects.create(term="llm", stands_for="Language-Model")

    with pytest.raises(IntegrityError):
        SearchSynonym.objects.create(term=term, stands_for=stands_for)


def test_an_editor_adds_a_synonym_and_is_told_what_is_wrong_with_another():
    editor = sign_in(make_staff("Editor"))
    add = reverse("admin:tools_searchsynonym_add")

    assert editor.post(add, {"term": "rag", "stands_for": "retrieval"}).status_code == 302
    again = editor.post(add, {"term": "RAG", "stands_for": "retrieval"})
    empty = editor.post(add, {"term": "!", "stands_for": "retrieval"})
    long = editor.post(add, {"term": "x" * 61, "stands_for": "retrieval"})

    assert "This synonym exists already." in again.text
    assert "Each side has one to 6 words of letters and digits." in empty.text
    assert "at most 60 characters" in long.text
    assert str(SearchSynonym.objects.get()) == "rag → retrieval"
