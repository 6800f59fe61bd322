"""What the programs in bin/ say, and how they end when something is wrong."""

import signal
import sys
import time
from contextlib import contextmanager, suppress

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Problem(Exception):
    """What is wrong and what to do, in one line for the person at the terminal."""


def say(text=""):
    print(text, flush=True)


@contextmanager
def step(title):
    """Say what is being done before it is, and how long it took."""
    started = time.monotonic()
    print(f"{title} …", end=" ", flush=True)
    try:
        yield
    except BaseException:
        say()
        raise
    say(f"{time.monotonic() - started:.1f} s")


def run(name, main):
    """Exit with what `main` returns; a Problem, or Ctrl-C, is one line and no traceback."""
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
            "or take the folder over (chown -R)."
        )
        code = 1
    except KeyboardInterrupt:
        _complain(f"{name}: stopped.")
        code = 130
    sys.exit(code)


@contextmanager
def undisturbed(handler=signal.SIG_IGN):
    """A second Ctrl-C must not break off the stopping, or something would be left running."""
    before = {number: signal.signal(number, handler) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, old_handler in before.items():
            signal.signal(number, old_handler)


@contextmanager
def stopping_later():
    """Ctrl-C meanwhile counts at the end: what is half started could not be stopped."""
    stops = []
    with undisturbed(lambda *signal_and_frame: stops.append(signal_and_frame)):
        yield
    if stops:
        raise KeyboardInterrupt


def _interrupt(number, frame):
    raise KeyboardInterrupt


def _complain(text):
    with suppress(OSError):  # the terminal may be gone
        print(text, file=sys.stderr, flush=True)
