"""At most one hash at a time in a process, and no thread waits in a queue."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher, make_password

from accounts.sign_in.hashing import HashingBusy, PasswordHasher, hashing_place
from tests.accounts.sign_in.browser import PASSWORD, is_in, type_password


def test_passwords_are_hashed_with_argon2id_in_one_lane(monkeypatch):
    monkeypatch.undo()  # the parameters in force
    assert make_password("x").startswith("argon2$argon2id$v=19$m=65536,t=3,p=1$")


def test_one_password_is_hashed_at_a_time(monkeypatch):
    running, most, lock = 0, 0, Lock()

    def work(*args):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)  # the others, if nothing held them back, are here too
        with lock:
            running -= 1
        return "argon2$"

    monkeypatch.setattr(Argon2PasswordHasher, "encode", work)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", work)
    hasher = PasswordHasher()

    with ThreadPoolExecutor(6) as threads:
        for _ in range(3):
            threads.submit(hasher.encode, "x", "y")
            threads.submit(hasher.verify, "x", "y")

    assert most == 1


def test_a_third_request_is_refused_at_once_and_a_later_one_is_not():
    with ExitStack() as others:
        others.enter_context(hashing_place())
        others.enter_context(hashing_place())
        with pytest.raises(HashingBusy), hashing_place():
            pass

    with hashing_place():
        pass


def test_a_sign_in_that_finds_the_process_busy_is_asked_to_come_again(client, ed):
    with hashing_place(), hashing_place():
        answer = type_password(client)

    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert "Try again in 1 second." in answer.content.decode()
    type_password(client)
    assert is_in(client)


def test_the_hasher_is_the_one_in_force(ed):
    assert isinstance(get_hasher("default"), PasswordHasher)
    assert ed.check_password(PASSWORD)
