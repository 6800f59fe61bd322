from django.template.loader import render_to_string

from pages.excerpts import SOURCE_LENGTH, excerpt_from, is_whole
from pages.templatetags.fold import fold

BODY = "A first sentence that says **enough** by itself. And a second one."


def test_a_long_text_is_folded_behind_its_first_sentence():
    html = render_to_string("components/fold.html", fold(BODY))

    assert '<span class="fold__excerpt">A first sentence that says enough by itself.</span>' in html
    assert "<p>A first sentence that says <strong>enough</strong> by itself. And a second" in html


def test_a_text_of_one_sentence_is_not_folded():
    html = render_to_string("components/fold.html", fold("One *short* sentence, and no more."))

    assert "<details" not in html
    assert "<p>One <em>short</em> sentence, and no more.</p>" in html


def test_an_excerpt_has_enough_characters_and_is_cut_at_its_length():
    assert excerpt_from("Short. Longer. " * 9, enough=10, length=99) == "Short. Longer."
    assert excerpt_from("word " * 99, enough=10, length=20) == "word word word word…"


def test_no_excerpt_is_the_whole_of_a_text_that_was_cut_before_it_was_read():
    excerpt = "a" * SOURCE_LENGTH

    assert is_whole(excerpt, excerpt)
    assert not is_whole(excerpt, excerpt + "a")
