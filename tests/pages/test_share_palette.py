"""Pictures and badges have the colours of the pages: what no stylesheet reaches is held against it."""

import re

import pytest
from django.conf import settings

from pages.share.palette import DARK, LIGHT

TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
NAMES = {
    "paper": "paper",
    "raised": "paper-raised",
    "ink": "ink",
    "soft": "ink-soft",
    "rule": "rule",
}


def colours(name):
    """The light and the dark colour of a custom property."""
    return re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\);", TOKENS).groups()


@pytest.mark.parametrize(("field", "name"), NAMES.items())
def test_a_colour_is_that_of_the_pages(field, name):
    assert (getattr(LIGHT, field), getattr(DARK, field)) == colours(name)


@pytest.mark.parametrize("verdict", LIGHT.verdicts)
def test_a_verdict_has_the_colour_of_the_pages(verdict):
    assert (LIGHT.verdicts[verdict], DARK.verdicts[verdict]) == colours(verdict)
