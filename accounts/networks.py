"""The networks that a request comes from, stored so that nobody can turn them back into an address.

A network is hashed under a key of the day (UTC), which is destroyed 24 hours after the day has ended: from
then on we cannot find out what was hashed either.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.utils import timezone

from accounts.models import NetworkKey

IPV4_PREFIX = 24
IPV6_PREFIXES = (64, 48, 32)  # a line, a customer, a provider
STORED_IPV6_PREFIX = 48
CUSTOMER_IPV6_PREFIXES = (48, 32)
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052


@dataclass(frozen=True)
class Network:
    """A network of an address. `share` is how often the budget of the narrowest one it has."""

    hash: bytes
    share: int = 1


def networks_of(address: str, ipv6_prefixes: Sequence[int] = IPV6_PREFIXES) -> list[Network]:
    """Return the networks of an IP `address` to limit, the narrowest first.

    IPv4: its /24. IPv6: one network for each of `ipv6_prefixes`, where each wider one has
    WIDE_NETWORK_FACTOR times the budget of the one before.
    """
    names = network_names(address, ipv6_prefixes)
    return [
        Network(_hash(name), settings.WIDE_NETWORK_FACTOR**place)
        for place, name in enumerate(names)
    ]


def network_hash(address: str) -> bytes:
    """Return 16 bytes that identify the IPv4 /24 or IPv6 /48 of `address` today, and nothing tomorrow."""
    return _hash(network_names(address, [STORED_IPV6_PREFIX])[0])


def network_names(address: str, ipv6_prefixes: Sequence[int]) -> list[str]:
    """Return the networks of `address` as text; everything that is not an address is "unknown"."""
    try:
        ip = ip_address(address.partition("%")[0])  # an IPv6 zone is not part of the address
    except ValueError:
        return ["unknown"]
    ip = _carried_ipv4(ip) if isinstance(ip, IPv6Address) else ip
    prefixes = [IPV4_PREFIX] if isinstance(ip, IPv4Address) else ipv6_prefixes
    return [str(ip_network((ip, prefix), strict=False)) for prefix in prefixes]


def destroy_old_keys() -> int:
    """Delete the keys of the days before yesterday; return how many."""
    return NetworkKey.objects.filter(day__lt=timezone.now().date() - timedelta(days=1)).delete()[0]


def _carried_ipv4(ip: IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address of a client that a mapped, 6to4, Teredo or NAT64 address carries, else `ip`.

    Otherwise one IPv4 address would have networks of its own for each of them.
    """
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo  # (server, client)
    return ip.ipv4_mapped or ip.sixtofour or (teredo[1] if teredo else ip)


def _hash(network: str) -> bytes:
    key = _key_of(timezone.now().date())
    return hmac.digest(key, network.encode(), "sha256")[:16]


@lru_cache(maxsize=1)
def _key_of(day: date) -> bytes:
    NetworkKey.objects.bulk_create([NetworkKey(day=day)], ignore_conflicts=True)
    destroy_old_keys()
    return bytes(NetworkKey.objects.get(pk=day).key)
