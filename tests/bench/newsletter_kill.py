"""The large version of tests/newsletter/test_kill.py: python -m tests.bench.newsletter_kill [100000 [300]].

Prints what held. Needs no settings: it brings its own Postgres and mail server.
"""

import random
import sys

from tests.newsletter.kill_load_test import LoadTest, run


def main(recipients=100_000, kills=300, seed=None):
    seed = int(seed) if seed else random.randrange(1000)
    load_test = LoadTest(
        recipients=int(recipients), kills=int(kills), seed=seed, rate=1e6, pause=(0.05, 0.9)
    )
    print(run(load_test), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
