"""Signing in with name and password."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.urls import reverse

from accounts.models import SignInEvent, User
from tests.accounts.sign_in.browser import PASSWORD, WRONG, is_in, type_password

pytestmark = pytest.mark.django_db
Kind = SignInEvent.Kind


def log():
    return [(event.kind, event.user) for event in SignInEvent.objects.order_by("id")]


def test_a_stranger_is_led_to_the_sign_in_page(client):
    answer = client.get(reverse("admin:index"))

    assert answer.status_code == 302
    assert answer.url == "/admin/login/?next=/admin/"
    assert client.get(answer.url).status_code == 200


def test_the_right_password_opens_the_page_that_was_asked_for(client, ed):
    page = reverse("admin:tools_tool_changelist")

    answer = type_password(client, next=page)

    assert (answer.status_code, answer.url) == (302, page)
    assert is_in(client)
    assert log() == [(Kind.SIGNED_IN, ed)]


def test_no_other_site_is_opened_after_signing_in(client, ed):
    assert type_password(client, next="https://evil.example/").url == reverse("admin:index")


def test_who_is_signed_in_is_led_on(client, ed):
    type_password(client)

    assert client.get(reverse("admin:login")).url == reverse("admin:index")


@pytest.mark.parametrize("name", ["ed", "nobody"])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client, hashes, ed, name):
    hashes.clear()

    answer = type_password(client, name, WRONG)

    assert answer.status_code == 200
    assert "Enter the username and password of a staff account" in answer.content.decode()
    assert len(hashes) == 1
    assert not is_in(client)
    assert log() == [(Kind.WRONG_PASSWORD, ed if name == "ed" else None)]


@pytest.mark.parametrize("field", ["is_staff", "is_active"])
def test_the_right_password_of_somebody_who_is_no_staff_does_not_tell(client, hashes, ed, field):
    User.objects.update(**{field: False})
    hashes.clear()

    answer = type_password(client)

    assert "Enter the username and password of a staff account" in answer.content.decode()
    assert len(hashes) == 1
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("text", ["a\0b", "x" * 10_000, "\u2028", "é" * 300, ""])
@pytest.mark.parametrize("field", ["name", "password"])
def test_no_text_breaks_the_sign_in(client, ed, field, text):
    answer = type_password(client, **{field: text})

    assert answer.status_code == 200
    assert "sessionid" not in client.cookies


def test_signing_in_changes_the_key_of_the_session(client, ed):
    session = client.session
    session["x"] = 1
    session.save()
    before = client.session.session_key

    type_password(client)

    assert client.session.session_key != before


def test_the_log_stores_neither_what_was_typed_nor_the_address(client, ed):
    type_password(client, PASSWORD, PASSWORD, address="198.51.100.7")

    (row,) = SignInEvent.objects.values()
    assert len(bytes(row.pop("network"))) == 16
    assert set(row) == {"id", "at", "kind", "user_id", "by_id"}
    assert (row["kind"], row["user_id"], row["by_id"]) == ("wrong-password", None, None)


def test_a_password_that_was_hashed_in_an_earlier_way_is_hashed_anew(client, ed, monkeypatch):
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)
    User.objects.update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))

    type_password(client)

    assert is_in(client)
    assert User.objects.get().password.startswith("argon2$argon2id$")


def test_a_new_password_has_15_characters_and_is_none_of_the_common_ones(client, ed):
    type_password(client)

    def errors(new):
        fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        answer = client.post(reverse("admin:password_change"), fields)
        return "; ".join(answer.context["form"].errors.get("new_password2", []))

    assert "at least 15 characters" in errors("short of it xx")
    assert "too common" in errors("yfdbufnjh10305070")
    assert client.post(
        reverse("admin:password_change"),
        dict.fromkeys(["new_password1", "new_password2"], "314159265358979")
        | {"old_password": PASSWORD},
    ).url == reverse("admin:password_change_done")


def test_guessing_the_old_password_in_a_session_is_limited(client, ed):
    type_password(client)
    fields = {"old_password": WRONG, "new_password1": "x", "new_password2": "x"}

    codes = [client.post(reverse("admin:password_change"), fields).status_code for _ in range(6)]

    assert codes == [200] * 5 + [429]


@pytest.mark.parametrize("target", ["line\nbreak", "no-view", "\ufffd"])
def test_a_target_that_is_no_address_of_ours_breaks_nothing(client, ed, target):
    type_password(client)

    assert client.get(reverse("admin:login"), {"next": target}).status_code == 302
