"""The network that a vote comes from, stored so that nobody can turn it back into an address.

A network is an IPv4 /24 or an IPv6 /48. It is hashed under a key of the day (UTC), which is destroyed
24 hours after the day has ended: from then on we cannot find out what was hashed either.
"""

import hmac
from datetime import date, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.utils import timezone

from accounts.models import NetworkKey

PREFIX_LENGTHS = {4: 24, 6: 48}


def network_of(address: str) -> str:
    """Return the network of an IP `address`; everything that is not an address is "unknown"."""
    try:
        ip = ip_address(address.partition("%")[0])  # an IPv6 zone is not part of the address
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network((ip, PREFIX_LENGTHS[ip.version]), strict=False))


def network_hash(address: str) -> bytes:
    """Return 16 bytes that identify the network of `address` today, and nothing tomorrow."""
    key = _key_of(timezone.now().date())
    return hmac.digest(key, network_of(address).encode(), "sha256")[:16]


def destroy_old_keys() -> int:
    """Delete the keys of the days before yesterday; return how many."""
    return NetworkKey.objects.filter(day__lt=timezone.now().date() - timedelta(days=1)).delete()[0]


@lru_cache(maxsize=1)
def _key_of(day: date) -> bytes:
    NetworkKey.objects.bulk_create([NetworkKey(day=day)], ignore_conflicts=True)
    destroy_old_keys()
    return bytes(NetworkKey.objects.get(pk=day).key)
