import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "right", "wrong"


@pytest.fixture
def hashes(monkeypatch):
    """A list that grows with each password that is hashed."""
    counted = []
    original = PBKDF2PasswordHasher.encode

    def encode(self, *args, **kwargs):
        counted.append(1)
        return original(self, *args, **kwargs)

    User.objects.create_user("ed", "", RIGHT, is_staff=True)
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encode)
    return counted


def sign_in_as(client, username="ed", password=WRONG):
    return client.post(reverse("admin:login"), {"username": username, "password": password})


def test_the_sixth_wrong_password_gets_a_message_and_hashes_nothing(client, hashes):
    for _ in range(5):
        sign_in_as(client)
    hashes.clear()

    answer = sign_in_as(client)

    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    assert "Try again in 900 seconds" in answer.content.decode()
    assert hashes == []


def test_the_right_password_does_not_open_a_locked_name(client, hashes):
    for _ in range(5):
        sign_in_as(client)

    assert sign_in_as(client, password=RIGHT).status_code == 429


def test_another_name_is_not_locked_with_it(client, hashes):
    User.objects.create_user("pub", "", RIGHT, is_staff=True)
    for _ in range(5):
        sign_in_as(client)

    assert sign_in_as(client, "pub", RIGHT).status_code == 302


@pytest.mark.parametrize("text", ["a\0b", "x" * 10_000, "\u2028", "é" * 300, ""])
@pytest.mark.parametrize("field", ["username", "password"])
def test_no_text_breaks_the_sign_in(client, field, text):
    answer = sign_in_as(client, **{field: text})

    assert answer.status_code == 200
    assert "sessionid" not in client.cookies
