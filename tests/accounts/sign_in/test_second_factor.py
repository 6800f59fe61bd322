"""Codes of an authenticator app, and recovery codes."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from accounts.models import RecoveryCode, SecondFactor, SignInEvent, User
from accounts.sign_in import second_factor, views
from accounts.sign_in.second_factor import SECONDS, _step_of, _totp, use_code
from tests.accounts.sign_in.browser import (
    PASSWORD,
    add_factor,
    code_of,
    is_in,
    type_code,
    type_password,
)
from tests.accounts.sign_in.test_limits import database_url

pytestmark = pytest.mark.django_db
Kind = SignInEvent.Kind


# RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
@pytest.mark.parametrize(
    "seconds, code", [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(monkeypatch, seconds, code):
    secret = b"12345678901234567890"
    monkeypatch.setattr(second_factor.time, "time", lambda: seconds)

    assert _totp(secret).generate(seconds).decode() == code
    assert _step_of(secret, code) == seconds // SECONDS


@pytest.mark.parametrize(
    "off, is_accepted", [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(off, is_accepted, monkeypatch):
    secret = b"12345678901234567890"
    monkeypatch.setattr(second_factor.time, "time", lambda: 1_000_000_015)

    code = _totp(secret).generate(1_000_000_015 + off * SECONDS).decode()

    assert (_step_of(secret, code) is not None) is is_accepted


def test_the_password_alone_opens_nothing(client, ed):
    add_factor(ed)

    answer = type_password(client)

    assert answer.url == reverse("admin:sign_in_code")
    assert not is_in(client)
    assert client.get(answer.url).status_code == 200


def test_password_and_code_open_the_page_that_was_asked_for(client, ed):
    secret, _ = add_factor(ed)
    page = reverse("admin:tools_tool_changelist")
    type_password(client, next=page)

    answer = type_code(client, code_of(secret))

    assert (answer.status_code, answer.url) == (302, page)
    assert is_in(client)


@pytest.mark.parametrize("spelling", ["{0}{1}", "{0} {1}", " {0}-{1} "])
def test_a_code_may_be_typed_in_groups(client, ed, spelling):
    secret, _ = add_factor(ed)
    type_password(client)
    code = code_of(secret)

    type_code(client, spelling.format(code[:3], code[3:]))

    assert is_in(client)


@pytest.mark.parametrize(
    "code", ["", "x", "12345", "000000000", "１２３４５６", "\0", "é" * 30, "-" * 40]
)
def test_a_wrong_code_opens_nothing(client, ed, code):
    add_factor(ed)
    type_password(client)

    answer = type_code(client, code)

    assert answer.status_code == 200
    assert not is_in(client)


def test_a_code_counts_once(client, ed):
    secret, _ = add_factor(ed)
    code = code_of(secret)
    type_password(client)
    type_code(client, code)
    thief = Client()
    type_password(thief)

    answer = type_code(thief, code)

    assert "already used" in answer.content.decode()
    assert not is_in(thief)


def test_a_code_of_an_earlier_step_is_used_up_too(ed):
    secret, _ = add_factor(ed)

    assert use_code(ed, code_of(secret, 1))

    assert not use_code(ed, code_of(secret))


def test_nobody_gets_to_the_code_without_a_password(client, ed):
    secret, _ = add_factor(ed)

    assert client.get(reverse("admin:sign_in_code")).url == reverse("admin:login")
    assert type_code(client, code_of(secret)).url == reverse("admin:login")
    assert not is_in(client)


def test_the_right_password_waits_five_minutes_for_its_code(client, ed, monkeypatch):
    secret, _ = add_factor(ed)
    type_password(client)
    code, now = code_of(secret), views.time.time()
    monkeypatch.setattr(views.time, "time", lambda: now + 301)

    assert type_code(client, code).url == reverse("admin:login")


def test_a_password_that_was_changed_meanwhile_is_not_enough_for_the_code(client, ed):
    secret, _ = add_factor(ed)
    type_password(client)
    ed.set_password("another password here")
    ed.save()

    assert type_code(client, code_of(secret)).url == reverse("admin:login")


def test_guessing_codes_is_limited(client, ed):
    secret, _ = add_factor(ed)  # which took one of five
    type_password(client)
    for n in range(4):
        assert type_code(client, f"00000{n}").status_code == 200

    answer = type_code(client, code_of(secret))

    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert not is_in(client)
    assert SignInEvent.objects.filter(kind=Kind.WRONG_CODE, user=ed).count() == 4


def test_a_recovery_code_opens_once(client, ed):
    _, codes = add_factor(ed)
    type_password(client)

    type_code(client, codes[3].upper())

    assert is_in(client)
    assert ed.recovery_codes.count() == 9
    assert SignInEvent.objects.filter(kind=Kind.RECOVERY_CODE_USED, user=ed).count() == 1
    again = Client()
    type_password(again)
    assert type_code(again, codes[3]).status_code == 200
    assert not is_in(again)


def test_a_recovery_code_is_of_its_owner_only(ed):
    _, codes = add_factor(ed)
    other = User.objects.create_user("pia", "", PASSWORD, is_staff=True)
    add_factor(other)

    assert not use_code(other, codes[0])


def test_neither_secret_nor_recovery_codes_can_be_read_in_the_database(ed):
    secret, codes = add_factor(ed)

    stored = bytes(SecondFactor.objects.get().secret)
    hashes = [bytes(code.hash) for code in RecoveryCode.objects.all()]

    assert secret not in stored
    assert second_factor._fernet().decrypt(stored) == secret
    assert all(len(each) == 32 for each in hashes)
    assert not any(code.replace("-", "").encode() in each for code in codes for each in hashes)


def test_recovery_codes_have_120_bits(ed):
    _, codes = add_factor(ed)

    assert all(len(code.replace("-", "")) == 24 for code in codes)
    assert len(set(codes)) == 10


def test_a_new_secret_key_takes_the_factor_along_with_its_next_code(ed, settings):
    secret, _ = add_factor(ed)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]

    assert use_code(ed, code_of(secret))

    settings.SECRET_KEY_FALLBACKS = []
    assert use_code(ed, code_of(secret, 1))


def test_without_the_secret_key_only_recovery_codes_work(ed, settings, caplog):
    secret, codes = add_factor(ed)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, []

    assert not use_code(ed, code_of(secret))
    assert "SECRET_KEY_FALLBACKS" in caplog.text
    assert use_code(ed, codes[0])


ONE_CODE = """
import django; django.setup()
import sys
from accounts.models import User
from accounts.sign_in.second_factor import use_code
user = User.objects.get()
print("ready", flush=True)
sys.stdin.readline()
print(use_code(user, sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_totp", [True, False])
def test_one_code_in_several_processes_opens_once(ed, is_totp):
    secret, codes = add_factor(ed)
    code = code_of(secret, 1) if is_totp else codes[0]
    environment = os.environ | {
        "DEBUG": "on", "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_CODE, code], cwd=project.BASE_DIR, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3

    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate()[0].strip() for process in processes]

    assert sorted(answers) == ["False", "False", "True"]
