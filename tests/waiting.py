import time

GIVE_UP_AFTER = 60


def wait_until(condition):
    """Ask again and again, for as long as a busy machine may need."""
    given_up = time.monotonic() + GIVE_UP_AFTER
    while not condition():
        assert time.monotonic() < given_up, "it never became true"
        time.sleep(0.05)
