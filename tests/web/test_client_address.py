import pytest

from web.client_address import _warn_of_missing_proxies, client_address, without_port


@pytest.mark.parametrize(
    "hops, forwarded, expected",
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (2, "1.1.1.1", "9.9.9.9"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(rf, settings, hops, forwarded, expected):
    settings.TRUSTED_PROXY_HOPS = hops
    request = rf.get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="9.9.9.9")

    assert client_address(request) == expected


@pytest.mark.parametrize(
    "written, address",
    [
        ("1.2.3.4:5678", "1.2.3.4"),
        ("[::1]:80", "::1"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("1.2.3.4:", "1.2.3.4"),
        ("unknown", "unknown"),
        ("", ""),
        ("[::1", "[::1"),
        ("1.2.3.4@5.6.7.8", "1.2.3.4@5.6.7.8"),
    ],
)
def test_a_port_is_no_part_of_an_address(rf, settings, written, address):
    settings.TRUSTED_PROXY_HOPS = 1
    request = rf.get("/", headers={"x-forwarded-for": f"6.6.6.6, {written}"}, REMOTE_ADDR=address)

    assert without_port(written) == address
    assert client_address(request) == address


def test_fewer_proxies_than_promised_are_logged_once(rf, settings, caplog):
    _warn_of_missing_proxies.cache_clear()
    settings.TRUSTED_PROXY_HOPS = 2

    for _ in range(3):
        client_address(rf.get("/", headers={"x-forwarded-for": "1.1.1.1"}))

    (record,) = caplog.records
    assert (
        "TRUSTED_PROXY_HOPS is 2, but a request passed only 1 of these proxies"
        in record.getMessage()
    )


def test_as_many_proxies_as_promised_are_not_logged(rf, settings, caplog):
    _warn_of_missing_proxies.cache_clear()
    settings.TRUSTED_PROXY_HOPS = 2

    client_address(rf.get("/", headers={"x-forwarded-for": "1.1.1.1, 10.0.0.1"}))

    assert caplog.records == []
