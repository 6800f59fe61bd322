"""A real browser for the tests, and no test left out unseen in continuous integration."""

import os

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase
from playwright.sync_api import sync_playwright

from bin.local.chromium import NONE_FOUND, find_chromium
from tests.admin_client import make_staff, sign_in
from tests.browsers import OwnOriginClient
from tests.flush import empty_tables
from tests.scheduling import OneAtATimeScheduling

# On a busy machine any single example can be slow.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes", "on"}
# The browser does nothing of its own accord, and reaches nothing but this machine.
QUIET = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]


END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A server process of a test that was killed may not have noticed yet, and keeps the database from going."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHERS)


@pytest.fixture(scope="session", autouse=True)
def quick_flush():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_root(tmp_path_factory):
    """Empty: what `collectstatic` once left in the clone must not decide what a test sees."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session", autouse=True)
def no_dump():
    """Nor what a site of the clone once published."""
    settings.DATA_DIR = ""


@pytest.fixture
def client():
    return OwnOriginClient()


@pytest.fixture
def editor(db):
    """A browser in which a member of staff is signed in."""
    return sign_in(make_staff("Editor"))


@pytest.fixture
def publisher(db):
    return sign_in(make_staff("Publisher", username="pia"))


@pytest.fixture(autouse=True)
def empty_caches():
    """A database that is rolled back grows the same versions again, and they name other pages."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(scope="session")
def chromium_path():
    path = find_chromium()
    if path is None:
        pytest.skip(NONE_FOUND)
    return path


@pytest.fixture(scope="session")
def browser(chromium_path):
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and Django would refuse to query beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "on")
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def context(browser):
    """A browser without memory; the test fails if a page broke the security policy or raised an error."""
    wrong = []
    context = browser.new_context()
    context.on("console", lambda message: is_wrong(message) and wrong.append(message.text))
    context.on("weberror", lambda problem: wrong.append(str(problem.error)))
    yield context
    context.close()
    assert wrong == [], "the browser's console complained"


@pytest.fixture
def page(context):
    return context.new_page()


def is_wrong(message):
    """Chromium also calls it an error when a page answers 404 or 422, which may be what is tested."""
    is_answer = message.text.startswith("Failed to load resource: the server responded with")
    return message.type == "error" and not (is_answer and "/static/" not in message.location["url"])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return OneAtATimeScheduling(config, log)


def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = reporter.stats.get("skipped", []) if reporter else []
    if IN_CI and left_out and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("")
        for report in left_out:
            reporter.write_line(f"Left out, which CI=true forbids: {report.nodeid}", red=True)
