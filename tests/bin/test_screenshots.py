"""bin/screenshots: its options, what it says without a browser, and its short form with the real site."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from bin.local.places import ROOT
from bin.local.screenshots import run
from bin.local.screenshots.pictures import PICTURES, WIDTH
from bin.local.terminal import Problem


def png(mode="RGB", size=(40, 20), noise=False):
    file = io.BytesIO()
    image = Image.effect_noise(size, 100).convert(mode) if noise else Image.new(mode, size, "teal")
    image.save(file, "PNG")
    return file.getvalue()


def test_pictures_are_chosen_by_name_and_listed(monkeypatch, capsys):
    assert [one.name for one in run.chosen(["burst"])] == ["burst"]
    assert run.chosen(None) == PICTURES

    monkeypatch.setattr(sys, "argv", ["bin/screenshots", "--list"])
    run.main()
    assert capsys.readouterr().out.split() == [one.name for one in PICTURES]


def test_without_a_browser_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bin/screenshots"])
    monkeypatch.setattr(run, "find_or_install_chromium", lambda: None)

    with pytest.raises(Problem, match="install one, or set CHROMIUM to its path"):
        run.main()


def test_a_picture_keeps_its_size_and_has_few_colours():
    small = Image.open(io.BytesIO(run.shrunk(png())))

    assert (small.mode, small.size) == ("P", (40, 20))


def test_a_picture_that_stays_large_is_refused():
    with pytest.raises(Problem, match="150,000 at most"):
        run.shrunk(png(size=(900, 900), noise=True))


@pytest.mark.browser
def test_the_short_form_makes_one_picture(tmp_path):
    command = [sys.executable, "-m", "bin.local.screenshots.run", "--only", "start-page"]
    done = subprocess.run([*command, "--to", tmp_path], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    [path] = tmp_path.iterdir()
    assert path.name == "start-page.png"
    with Image.open(path) as picture:
        assert picture.size == (WIDTH, 640)
