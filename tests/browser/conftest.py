import pytest


@pytest.fixture
def complaints(page):
    """What the console says: errors, and reports of the Content Security Policy."""
    heard = []
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def plain_page(page):
    """A page of a browser without JavaScript."""
    context = page.context.browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()
