import pytest

from web.checks import check_metrics, check_security_contact, check_trusted_proxies


@pytest.mark.parametrize(
    "https, hops, found",
    [
        (True, 0, ["web.E001"]),
        (True, 1, []),
        (False, 0, []),
        (True, 2, ["web.I001"]),
        (False, 3, ["web.I001"]),
    ],
)
def test_a_number_of_proxies_that_cannot_be_right_is_found(settings, https, hops, found):
    settings.HTTPS = https
    settings.TRUSTED_PROXY_HOPS = hops

    assert [message.id for message in check_trusted_proxies()] == found


@pytest.mark.parametrize(
    "contact, found", [([], ["web.W002"]), (["mailto:security@shiporskip.example"], [])]
)
def test_a_site_without_a_contact_for_vulnerabilities_is_found(settings, contact, found):
    settings.SECURITY_CONTACT = contact

    assert [message.id for message in check_security_contact()] == found


@pytest.mark.parametrize(
    "token, hosts, found",
    [
        ("", ["shiporskip.example"], []),
        ("secret", ["shiporskip.example"], ["web.W004"]),
        ("secret", ["shiporskip.example", "127.0.0.1"], []),
        ("secret", ["*"], []),
    ],
)
def test_prometheus_can_reach_gunicorn_by_its_own_address(settings, token, hosts, found):
    settings.METRICS_TOKEN, settings.ALLOWED_HOSTS = token, hosts
    settings.SITE_URL = "https://shiporskip.example"

    assert [message.id for message in check_metrics()] == found
