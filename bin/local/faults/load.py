"""Readers who vote, read and sign up all the time, and remember what the site acknowledged."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Event, Lock, Thread

from bin.local.faults.requests import Client, Log

VOTERS, READERS, SUBSCRIBERS = 4, 3, 1
PAUSE = 0.1  # seconds between the requests of one of them
WITHDRAWN = ""


@dataclass(frozen=True)
class SignUp:
    """A sign-up that the site answered with "an email will come"."""

    email: str
    fault: str


class Voter:
    """`may_be` is {slug: choices that may be stored}: one, unless the site did not answer."""

    def __init__(self, client: Client, slugs: list[str]) -> None:
        self.client, self.slugs = client, slugs
        self.may_be: dict[str, list[str]] = {slug: [WITHDRAWN] for slug in slugs}
        self.acknowledged = 0
        self.dice = random.Random(client.network)  # noqa: S311 - a seed makes the same draws again

    def step(self) -> None:
        slug, choice = self.dice.choice(self.slugs), self.dice.choice(["ship", "skip"])
        was_known = bool(self.client.cookie)
        answer = self.client.post(f"/tools/{slug}/vote/", choice=choice)
        self.client.cookie = answer.cookie or self.client.cookie
        if answer.status == 303:
            self.may_be[slug] = [choice]
            self.acknowledged += 1
        elif was_known:  # else nobody knows whose vote it was
            self.may_be[slug].append(choice)

    @property
    def reader(self) -> str:
        """The id of the reader, without dashes."""
        return self.client.cookie.partition("=")[2].partition(":")[0]

    def lost(self, stored: Mapping[tuple[str, str], str]) -> int:
        """Return how many of its votes are not stored as acknowledged; they are then taken as they are."""
        found = {slug: stored.get((self.reader, slug), WITHDRAWN) for slug in self.slugs}
        lost = sum(found[slug] not in may_be for slug, may_be in self.may_be.items())
        self.may_be = {slug: [choice] for slug, choice in found.items()}
        return lost


class Load:
    def __init__(self, port: int, slugs: list[str]) -> None:
        self.port, self.log = port, Log()
        self.fault = "before the faults"
        self.sign_ups: list[SignUp] = []
        self.voters = [Voter(self._client(n), slugs) for n in range(VOTERS)]
        self._pages = [f"/tools/{slug}/" for slug in slugs] + ["/", "/tools/?q=tool", "/rankings/"]
        self._numbers, self._over = count(1), Event()
        self._turns = [Lock() for _ in range(VOTERS + READERS + SUBSCRIBERS)]
        self._threads = [
            Thread(target=self._repeat, args=pair)
            for pair in zip(self._turns, self._steps(), strict=True)
        ]

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Wait until every request is answered, and send none meanwhile."""
        for turn in self._turns:
            turn.acquire()
        try:
            yield
        finally:
            for turn in self._turns:
                turn.release()

    @property
    def acknowledged(self) -> int:
        return sum(voter.acknowledged for voter in self.voters) + len(self.sign_ups)

    def _client(self, number: int) -> Client:
        return Client(self.port, f"192.0.2.{number + 1}", self.log)

    def _steps(self) -> Iterator[Callable[[], None]]:
        yield from (voter.step for voter in self.voters)
        for number in range(READERS):
            client, dice = self._client(VOTERS + number), random.Random(number)  # noqa: S311
            yield lambda client=client, dice=dice: client.get(dice.choice(self._pages))  # type: ignore[misc]
        yield self._sign_up

    def _sign_up(self) -> None:
        number = next(self._numbers)
        network = f"198.{18 + number // 65000 % 2}.{number // 250 % 250}.{number % 250}"
        email, fault = f"new{number}@example.org", self.fault
        client = Client(self.port, network, self.log)
        if client.post("/newsletter/", place="footer", email=email).status == 303:
            self.sign_ups.append(SignUp(email, fault))

    def _repeat(self, turn: Lock, step: Callable[[], None]) -> None:
        while not self._over.is_set():
            with turn:
                step()
            time.sleep(PAUSE)
