import pytest

from web.checks import check_security_contact, check_trusted_proxies


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
