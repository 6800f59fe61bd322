"""The score of the site by the rules of Mozilla's HTTP Observatory, for its home page as a scanner sees it.

The rules and their points are SCORE_TABLE in github.com/mdn/mdn-http-observatory, src/grader/charts.js, as of commit
01b47110, read on 26 November 2026. A site starts with 100 points; bonuses count from 90 points on.

Not counted, because no test of ours can see it: 5 points for a host that browsers have on their HSTS preload list.
"""

import re

import pytest

pytestmark = pytest.mark.django_db
BASELINE = 100
FROM_HERE_ON_BONUSES_COUNT = 90
WANTED = 130
HALF_A_YEAR = 15_768_000  # seconds


@pytest.fixture
def scanned(client, settings):
    """(the answer over HTTP, the answer over HTTPS)"""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_SSL_REDIRECT = True
    return client.get("/"), client.get("/", secure=True)


def policy(response):
    directives = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in directives}


def content_security_policy(_, page):
    directives = policy(page)
    sources = {source for values in directives.values() for source in values}
    if any(source.startswith(("'unsafe", "http:", "https:", "data:", "*")) for source in sources):
        return -20
    is_strict = directives["default-src"] == ["'none'"] and directives["base-uri"] == ["'none'"]
    return 10 if is_strict and directives["form-action"] in (["'none'"], ["'self'"]) else 5


def cookies(_, page):
    return 0 if not page.cookies else -40


def cross_origin_resource_sharing(_, page):
    return 0 if "Access-Control-Allow-Origin" not in page else -50


def redirection(plain, _):
    return 0 if (plain.status_code, plain["Location"][:17]) == (301, "https://testserve") else -20


def referrer_policy(_, page):
    private = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
    return 5 if page["Referrer-Policy"] in private else -5


def strict_transport_security(_, page):
    found = re.search(r"max-age=(\d+)", page["Strict-Transport-Security"])
    return 0 if int(found[1]) >= HALF_A_YEAR else -10


def subresource_integrity(_, page):
    scripts = re.findall(r'<script[^>]+src="([^"]+)"', page.content.decode())
    return 0 if scripts and all(re.match(r"/[^/]", script) for script in scripts) else -50


def x_content_type_options(_, page):
    return 0 if page["X-Content-Type-Options"] == "nosniff" else -5


def x_frame_options(_, page):
    if "frame-ancestors" in policy(page):
        return 5
    return 0 if page["X-Frame-Options"] in {"DENY", "SAMEORIGIN"} else -20


def cross_origin_resource_policy(_, page):
    return 10 if page["Cross-Origin-Resource-Policy"] in {"same-origin", "same-site"} else 0


RULES = {
    content_security_policy: 10,  # csp-implemented-with-no-unsafe-default-src-none
    cookies: 0,  # cookies-not-found
    cross_origin_resource_sharing: 0,  # cross-origin-resource-sharing-not-implemented
    redirection: 0,  # redirection-to-https
    referrer_policy: 5,  # referrer-policy-private
    strict_transport_security: 0,  # hsts-implemented-max-age-at-least-six-months
    subresource_integrity: 0,  # sri-not-implemented-but-all-scripts-loaded-from-secure-origin
    x_content_type_options: 0,  # x-content-type-options-nosniff
    x_frame_options: 5,  # x-frame-options-implemented-via-csp
    cross_origin_resource_policy: 10,  # cross-origin-resource-policy-implemented-with-same-origin
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_home_page_gets_the_best_points_of_each_rule(scanned, rule):
    assert rule(*scanned) == RULES[rule]


def test_the_score_is_at_least_130(scanned, record_property):
    points = [rule(*scanned) for rule in RULES]
    penalised = BASELINE + sum(point for point in points if point < 0)
    bonus = sum(point for point in points if point > 0)
    score = penalised + bonus if penalised >= FROM_HERE_ON_BONUSES_COUNT else penalised

    record_property("Observatory score", score)
    assert score >= WANTED
