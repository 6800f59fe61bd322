"""What the application answers to content types that no browser sends."""

from io import BytesIO
from wsgiref.util import setup_testing_defaults

import pytest

from config.wsgi import application

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def status_of(content_type):
    """Post a form to a page without a form, and return the status of the answer."""
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/method/", "HTTP_HOST": "127.0.0.1"}
    environ |= {"CONTENT_TYPE": content_type, "wsgi.input": BytesIO(b"a=b"), "CONTENT_LENGTH": "3"}
    setup_testing_defaults(environ)
    statuses = []
    application(environ, lambda status, headers: statuses.append(status))
    return statuses[0][:3]


@pytest.mark.parametrize(
    "content_type",
    [
        f"{FORM}; charset=unicode_escape",
        f"{FORM}; charset=utf-16",
        f"{FORM}; charset=no-such-codec",
        "text/plain; charset*=utf-99'en'x",
    ],
)
def test_a_content_type_that_cannot_be_read_is_refused(content_type):
    assert status_of(content_type) == "400"


@pytest.mark.parametrize(
    "content_type",
    ["", FORM, f"{FORM}; charset=UTF-8", f"{FORM}; charset=iso-8859-1", "text/plain"],
)
def test_others_reach_the_site(content_type):
    assert status_of(content_type) in {"403", "405"}
