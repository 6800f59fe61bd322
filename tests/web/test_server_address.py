import pytest
from environs import ValidationError

from web.server_address import split_server_address


def split(address):
    return split_server_address(
        address,
        schemes=("postgres", "postgresql"),
        example="postgres://host/name",
        is_path_allowed=False,
    )


@pytest.mark.parametrize(
    "address",
    [
        "postgres://db.example",
        "postgresql://site:a%40b%2F%25@db.example:5432/",
        "postgres://[2001:db8::1]:5432",
        "postgresql://postgres@:5432/?host=%2Ftmp%2Fa%20folder",
    ],
)
def test_an_address_is_split(address):
    assert split(address).geturl() == address


@pytest.mark.parametrize("character", ["@", "/", "#", "?", "%", " "])
def test_a_password_that_is_not_escaped_is_refused_and_not_repeated(character):
    with pytest.raises(ValidationError, match="has to be escaped") as refused:
        split(f"postgres://site:12{character}hidden@db.example")

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite:///db.sqlite3", "does not begin as postgres://host/name does"),
        ("db.example/site", "does not begin"),
        ("POSTGRES://db.example", "does not begin"),
        ("postgres://db.example:five", "host or port is not valid"),
        ("postgres://db.example:99999", "host or port is not valid"),
        ("postgres://[::1", "host or port is not valid"),
        ("postgres://db.example/name", "nothing after the host and port"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(address, message):
    with pytest.raises(ValidationError, match=message):
        split(address)
