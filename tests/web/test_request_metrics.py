"""What is counted of requests. Labels have few values, whatever a client sends."""

import pytest
from prometheus_client import REGISTRY

from tests.factories import make_tool
from tests.web.metric_values import value_of

pytestmark = pytest.mark.django_db


def counted(client, verb, path, name="requests_total", **labels):
    """How many more there are after the request."""
    before = value_of(name, **labels)
    getattr(client, verb)(path)
    return value_of(name, **labels) - before


@pytest.mark.parametrize(
    ("method", "path", "view", "kind", "status"),
    [
        ("get", "/healthz/live/", "healthz_live", "read", "200"),
        ("head", "/healthz/live/", "healthz_live", "read", "200"),
        ("post", "/healthz/live/", "healthz_live", "write", "415"),
        ("put", "/healthz/live/", "healthz_live", "other", "405"),
        ("get", "/no-such-page/", "unresolved", "read", "404"),
        ("get", "/static/no-such-file.css", "static", "read", "404"),
        ("get", "/healthz/live/?a=%00", "healthz_live", "read", "400"),
        ("get", "/tools/no-such-tool/", "tool_detail", "read", "404"),
        ("get", "/admin/", "admin:index", "read", "302"),
    ],
)
def test_a_request_is_counted_by_its_view_the_kind_of_method_and_status(
    client, method, path, view, kind, status
):
    assert counted(client, method, path, view=view, method=kind, status=status) == 1


def test_the_time_of_a_request_is_counted_by_view(client):
    of_view = {"name": "request_duration_seconds_count", "view": "healthz_live"}

    assert counted(client, "get", "/healthz/live/", **of_view) == 1
    assert value_of("request_duration_seconds_bucket", view="healthz_live", le="5.0") > 0


def test_the_page_cache_counts_misses_hits_and_pages_that_have_not_changed(client, settings):
    settings.PAGE_CACHE = True
    make_tool(name="Ada", slug="ada")
    results = ["miss", "hit", "not_modified"]
    before = {result: cached(result) for result in results}

    client.get("/tools/ada/")
    etag = client.get("/tools/ada/")["ETag"]
    client.get("/tools/ada/", headers={"if-none-match": etag})

    assert {result: cached(result) - before[result] for result in results} == dict.fromkeys(
        results, 1
    )
    assert value_of("requests_total", view="tool_detail", method="read", status="304") >= 1


def cached(result):
    return value_of("page_cache_requests_total", view="tool_detail", result=result)


def test_no_address_or_parameter_becomes_a_label(client):
    for path in ["/tools/secret-slug/", "/?q=secret-query", "/secret-path/", "/admin/secret/"]:
        client.get(path)

    printed = " ".join(str(sample) for sample in samples())
    assert "shiporskip_requests_total" in printed
    assert "secret" not in printed


def samples():
    return [sample for metric in REGISTRY.collect() for sample in metric.samples]
