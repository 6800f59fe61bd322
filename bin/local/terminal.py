"""Output of the programs in bin/, and how they exit on errors and signals."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Problem(Exception):
    """An error for the user: one line that says what is wrong and what to do."""


def say(text: str = "") -> None:
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print what is being done, and afterwards how long it took."""
    started = time.monotonic()
    print(f"{title} …", end=" ", flush=True)
    try:
        yield
    except BaseException:
        say()
        raise
    say(f"{time.monotonic() - started:.1f} s")


def run(name: str, main: Callable[[], int | None]) -> NoReturn:
    """Exit with the code that `main` returns. A Problem or Ctrl-C prints one line instead of a traceback."""
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    try:
        code = main()
    except Problem as problem:
        _complain(f"{name}: {problem}")
        code = 1
    except PermissionError as error:
        _complain(
            f"{name}: no permission for {error.filename}: run it as the user who owns this folder, "
            "or change its owner (chown -R)."
        )
        code = 1
    except KeyboardInterrupt:
        _complain(f"{name}: stopped.")
        code = 130
    sys.exit(code)


@contextmanager
def undisturbed(handler: Any = signal.SIG_IGN) -> Iterator[None]:
    """Ignore signals, or handle them by `handler`, so that a second Ctrl-C does not interrupt the cleanup."""
    before = {number: signal.signal(number, handler) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, old_handler in before.items():
            signal.signal(number, old_handler)


@contextmanager
def stopping_later() -> Iterator[None]:
    """Delay Ctrl-C until the end of the block: a program that is half started could not be stopped."""
    stops: list[tuple[Any, ...]] = []
    with undisturbed(lambda *signal_and_frame: stops.append(signal_and_frame)):
        yield
    if stops:
        raise KeyboardInterrupt


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _complain(text: str) -> None:
    with suppress(OSError):  # the terminal may be closed
        print(text, file=sys.stderr, flush=True)
