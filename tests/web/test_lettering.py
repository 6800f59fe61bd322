"""Text in pictures: every character has a glyph, and every line fits."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from web.lettering.fonts import Face, _system_fonts
from web.lettering.text import (
    CannotDrawError,
    Style,
    clean,
    clusters_of,
    draw_line,
    fit,
    runs_of,
)

SYSTEM = Path("/usr/share/fonts/truetype/dejavu")
needs_dejavu = pytest.mark.skipif(
    not (SYSTEM / "DejaVuSans-Bold.ttf").exists(), reason="fonts-dejavu-core is not installed"
)


@pytest.fixture
def no_system_fonts(settings, tmp_path):
    settings.FONTS_DIR = tmp_path


@pytest.fixture
def dejavu(settings):
    settings.FONTS_DIR = SYSTEM


def test_latin_text_needs_no_font_of_the_system(no_system_fonts):
    runs = runs_of("Łódź AI", bold=True)

    assert [run.text for run in runs] == ["Ł", "ód", "ź", " AI"]
    assert all(run.face.is_variable for run in runs)


@pytest.mark.parametrize("text", ["通义千问", "مساعد", "🚀 Rocket", "A\u0378"])
def test_text_without_a_font_is_refused_rather_than_drawn_as_boxes(no_system_fonts, text):
    with pytest.raises(CannotDrawError):
        fit(text, width=500, sizes=(40,), lines=1)


def test_controls_and_marks_of_direction_are_left_out():
    assert clean(" A\x00B\u202e\n\tC\ufeff\ud800 ") == "AB C"


def test_a_letter_stays_with_its_marks_and_an_emoji_with_its_parts():
    assert clusters_of("e\u0301x👩\u200d💻❤\ufe0f👍🏽") == [
        "e\u0301",
        "x",
        "👩\u200d💻",
        "❤\ufe0f",
        "👍🏽",
    ]


def test_text_takes_the_largest_size_in_which_its_words_stay_whole(no_system_fonts):
    fitted = fit("Extraordinary tools", width=300, sizes=(60, 40, 20), lines=2, bold=True)

    assert (fitted.lines, fitted.style.size) == (["Extraordinary", "tools"], 40)


@pytest.mark.parametrize("text", ["word " * 40, "x" * 120, "a" * 30 + " b", "i"])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_no_line_is_wider_than_its_place(no_system_fonts, text, lines):
    fitted = fit(text, width=260, sizes=(40, 30), lines=lines, bold=True)

    assert 1 <= len(fitted.lines) <= lines
    assert max(map(fitted.style.width, fitted.lines)) <= 260


def test_what_does_not_fit_ends_in_an_ellipsis(no_system_fonts):
    width = round(Style(40).width("one, two…")) + 1

    fitted = fit("one, two, three, four", width=width, sizes=(40,), lines=1)

    assert (fitted.lines, fitted.is_cut) == (["one, two…"], True)


@needs_dejavu
def test_right_to_left_text_is_drawn_in_one_font_in_its_own_order(dejavu):
    fitted = fit("مساعد AI", width=600, sizes=(60,), lines=1, bold=True)
    drawn = ink(fitted.lines[0], fitted.style)

    assert fitted.style.face == Face("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
    # The Latin word, which comes last, is at the left.
    assert (
        drawn.crop((0, 0, 80, 120)).getbbox()
        == ink("AI", Style(60, True, fitted.style.face)).crop((0, 0, 80, 120)).getbbox()
    )


@needs_dejavu
def test_arabic_letters_are_joined(dejavu):
    style = fit("سس", width=600, sizes=(60,), lines=1, bold=True).style

    assert style.width("سس") < 2 * style.width("س")


@needs_dejavu
def test_each_part_of_a_line_is_drawn_in_a_font_that_has_it(dejavu):
    runs = runs_of("Алиса AI", bold=True)

    assert [(run.text, run.face.bold) for run in runs] == [
        ("Алиса", "DejaVuSans-Bold.ttf"),
        (" AI", "schibsted-grotesk-latin-wght-normal.woff2"),
    ]


def test_fonts_are_looked_for_in_folders_of_folders(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    font = tmp_path / "a" / "b" / "NotoSans-Bold.ttf"
    font.touch()

    assert _system_fonts(tmp_path) == {"NotoSans-Bold.ttf": font}


def ink(text, style):
    image = Image.new("RGB", (700, 120), "white")
    draw_line(image, (4, 80), text, style, "black")
    return ImageChops.invert(image.convert("L"))
