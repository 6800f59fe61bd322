from pages.templatetags.fold import fold
from web.excerpts import SOURCE_LENGTH, first_sentences
from web.markdown import KEPT_LENGTH, render_markdown

BODY = "A first sentence that says **enough** by itself. And a second one."


def test_a_long_text_is_folded_behind_its_first_sentence():
    html = fold(BODY)

    assert '<span class="fold__excerpt">A first sentence that says enough by itself.</span>' in html
    assert "<p>A first sentence that says <strong>enough</strong> by itself. And a second" in html


def test_a_text_of_one_sentence_is_not_folded():
    html = fold("One *short* sentence, and no more.")

    assert "<details" not in html
    assert "<p>One <em>short</em> sentence, and no more.</p>" in html


def test_an_excerpt_has_enough_characters_and_is_cut_at_its_length():
    assert first_sentences("Short. Longer. " * 9, enough=10, length=99) == "Short. Longer."
    assert first_sentences("word " * 99, enough=10, length=20) == "word word word word…"


def test_no_excerpt_is_the_whole_of_a_text_that_was_cut_before_it_was_read():
    sentence = "A sentence that is long enough."
    blanks = " " * SOURCE_LENGTH

    assert "<details" not in fold(sentence)
    assert "<details" in fold(f"{sentence}{blanks}And more.")


def test_a_text_that_is_too_long_to_be_kept_is_rendered_the_same():
    text = f"A sentence that is long enough. {'word ' * (KEPT_LENGTH // 5)}"

    assert len(text) > KEPT_LENGTH
    assert f'<div class="fold__text">{render_markdown(text)}</div>' in fold(text)
    assert render_markdown(text).count("word") == KEPT_LENGTH // 5
