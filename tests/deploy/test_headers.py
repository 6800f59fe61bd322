"""The headers of static files and of what nginx answers itself are those of the site."""

import pytest

from tests.deploy.site import collect_static, shipped_site
from web.response_headers import PERMISSIONS_POLICY

pytestmark = pytest.mark.django_db(transaction=True)
STRICT = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
}
FORM = {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def site(tmp_path):
    static = tmp_path / "collected"
    collect_static(static)
    with shipped_site(tmp_path, static) as (nginx, port):
        yield (
            nginx,
            port,
            f"/static/{next(static.glob('css/site.????????????.css')).relative_to(static)}",
        )


def strict_headers(answer):
    return {name: answer.headers[name] for name in STRICT}


def test_static_files_and_errors_have_the_headers_of_the_site(site):
    nginx, gunicorn, stylesheet = site
    from_gunicorn = nginx.get(stylesheet, port=gunicorn)
    unchanged = nginx.get(
        stylesheet, port=gunicorn, If_None_Match=from_gunicorn.headers["ETag"] or "*"
    )
    from_nginx = nginx.get(stylesheet)
    too_large = nginx.get("/newsletter/", method="POST", body="a" * 600_000, **FORM)

    assert [from_gunicorn.status, from_nginx.status, too_large.status] == [200, 200, 413]
    for answer in [from_gunicorn, unchanged, from_nginx, too_large]:
        found = strict_headers(answer)
        assert None not in found.values(), found
        assert found["Permissions-Policy"] == PERMISSIONS_POLICY
        assert "frame-ancestors 'none'" in found["Content-Security-Policy"]
    others = STRICT - {"Content-Security-Policy"}
    assert (
        len(
            {
                tuple(answer.headers[name] for name in others)
                for answer in [from_gunicorn, from_nginx, too_large]
            }
        )
        == 1
    )
