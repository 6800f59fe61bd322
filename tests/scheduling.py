"""Which tests follow each other on one worker when the whole suite runs on several.

pytest-xdist has the mark `xdist_group` for that, which version 3.8 ignores under pytest 9.2
(https://github.com/pytest-dev/pytest-xdist/issues/1386).
"""

from xdist.scheduler import LoadScopeScheduling

# They start servers and many processes of their own: two at once would disturb each other.
ONE_AT_A_TIME = (
    "tests/bin/test_postgres_server.py",
    "tests/deploy/test_nothing_personal_is_kept.py",
    "tests/deploy/test_upgrade.py",
    "tests/newsletter/test_kill.py",
    "tests/newsletter/test_restored_copy.py",
    "tests/votes/test_load.py",
    "tests/web/test_replication.py",
)


class OneAtATimeScheduling(LoadScopeScheduling):
    """Those in one piece, which begins first because it is the largest; every other test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        return "one at a time" if nodeid.startswith(ONE_AT_A_TIME) else nodeid
