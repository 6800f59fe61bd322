import pytest
from environs import ValidationError

from web.mail_server import django_mailer, mail_server


@pytest.mark.parametrize(
    ("address", "port", "starts_tls", "is_tls"),
    [
        ("smtp://mail.example", 587, True, False),
        ("smtps://mail.example", 465, False, True),
        ("smtp+plain://127.0.0.1:1025", 1025, False, False),
    ],
)
def test_the_scheme_decides_whether_and_when_tls_starts(address, port, starts_tls, is_tls):
    server = mail_server(address)

    assert (server.port, server.starts_tls, server.is_tls) == (port, starts_tls, is_tls)


def test_a_password_may_contain_any_character_and_is_never_printed():
    server = mail_server("smtp://me%40example:p%40ss%2Fword@mail.example:2525")

    assert (server.user, server.password) == ("me@example", "p@ss/word")
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    "address",
    ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail:abc", "smtp://[::1"],
)
def test_an_invalid_address_of_a_mail_server_is_refused(address):
    with pytest.raises(ValidationError):
        mail_server(address)


def test_a_password_is_not_sent_to_another_machine_without_tls():
    with pytest.raises(ValidationError) as refusal:
        mail_server("smtp+plain://user:secret@mail.example")

    assert "secret" not in str(refusal.value)
    assert mail_server("smtp+plain://user:secret@127.0.0.1").user == "user"


def test_django_uses_the_same_server():
    options = django_mailer(mail_server("smtps://user:secret@mail.example"), 30)["OPTIONS"]

    assert options == {
        "host": "mail.example",
        "port": 465,
        "username": "user",
        "password": "secret",
        "use_tls": False,
        "use_ssl": True,
        "timeout": 30,
    }
