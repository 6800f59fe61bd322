from uuid import uuid4

import pytest
from django.core import signing

from web.form_token import is_from_our_page, make_form_token

OURS = {"origin": "http://testserver"}
ME = uuid4()


@pytest.fixture
def sent(rf, settings):
    """Whether a POST with this token and these headers passes as `holder`'s own."""
    settings.SITE_URL = "https://shiporskip.example"

    def sent(token, *, holder=ME, **headers):
        body = "" if token is None else f"form_token={token}"
        request = rf.post("/", body, "application/x-www-form-urlencoded", headers=headers)
        return is_from_our_page(request, holder)

    return sent


def test_ones_own_token_is_enough_where_the_browser_says_nothing(sent):
    assert sent(make_form_token(ME)) is True
    assert sent(make_form_token(), holder=None) is True


def test_a_token_of_somebody_else_needs_the_browsers_word(sent):
    for other in [make_form_token(), make_form_token(uuid4())]:
        assert sent(other) is False
        assert sent(other, origin="http://testserver") is True
        assert sent(other, origin="https://shiporskip.example") is True
        assert sent(other, sec_fetch_site="same-origin") is True


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "https://testserver",
        "http://testserver:81",
        "http://testserver.evil.example",
        "http://evil.example/http://testserver",
        "https://shiporskip.example.evil.example",
        "https://shiporskip.example@evil.example",
        "http://shiporskip.example",
        "http://[",
        "testserver",
    ],
)
def test_another_sites_form_is_refused_whatever_it_brings(sent, origin):
    assert sent(make_form_token(ME), origin=origin) is False
    assert sent(make_form_token(ME), origin=origin, sec_fetch_site="same-origin") is False


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "SAME-ORIGIN"])
def test_a_browser_that_says_cross_site_is_believed(sent, site):
    assert sent(make_form_token(ME), sec_fetch_site=site) is False


def bad_tokens():
    mine = make_form_token(ME)
    name = mine.split(":")[0]
    return {
        "none": None,
        "empty": "",
        "cut short": mine[:-1],
        "unsigned": name,
        "forged": signing.TimestampSigner(key="guessed", salt="web.form_token").sign(name),
        "a reader's cookie": signing.TimestampSigner(salt="accounts.reader").sign(name),
        "10 kB": "x" * 10_000,
        "not ASCII": "é" * 20,
        "NUL": "%00" + mine,
    }


@pytest.mark.parametrize("kind", bad_tokens())
def test_a_token_that_we_did_not_sign_is_refused_from_our_own_page_too(sent, kind):
    token = bad_tokens()[kind]

    assert sent(token) is False
    assert sent(token, **OURS) is False


@pytest.mark.parametrize("hours, passes", [(47, True), (49, False)])
def test_a_token_is_good_for_two_days(sent, monkeypatch, hours, passes):
    now = signing.time.time()
    with monkeypatch.context() as clock:
        clock.setattr(signing.time, "time", lambda: now - hours * 3600)
        token = make_form_token(ME)

    assert sent(token, **OURS) is passes


def test_a_token_does_not_give_its_holder_away():
    assert ME.hex not in make_form_token(ME)
    assert str(ME) not in make_form_token(ME)


def test_a_token_outlives_a_rotated_key(sent, settings):
    token = make_form_token(ME)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the new one " * 5

    assert sent(token, **OURS) is True
