import pytest

from tests.bookmarks.readers import make_reader
from tests.factories import make_tool


@pytest.fixture
def reader(db):
    return make_reader()


@pytest.fixture
def ada(db):
    return make_tool(name="Ada", slug="ada")
