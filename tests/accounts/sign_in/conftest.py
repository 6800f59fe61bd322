import time
from types import SimpleNamespace

import pytest
from django.core.cache import caches

from accounts.models import User
from accounts.sign_in import hashing, second_factor
from tests.accounts.sign_in.browser import PASSWORD


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """What is tested here is when a password is hashed, not for how long."""
    monkeypatch.setattr(hashing.PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(hashing.PasswordHasher, "memory_cost", 8)


@pytest.fixture(autouse=True)
def still_codes(monkeypatch):
    """No code of an authenticator app gets a step older during a test."""
    now = time.time()
    monkeypatch.setattr(second_factor, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def ed(db, cheap_hashes):
    return User.objects.create_user("ed", "", PASSWORD, is_staff=True)


@pytest.fixture
def hashes(ed, monkeypatch):
    """A list that grows with each password that is hashed or verified."""
    counted = []
    for name in ["encode", "verify"]:
        original = getattr(hashing.PasswordHasher, name)

        def count(self, *args, original=original, **kwargs):
            counted.append(1)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(hashing.PasswordHasher, name, count)
    return counted


@pytest.fixture(autouse=True)
def no_caches():
    caches.close_all()
