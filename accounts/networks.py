"""Where a vote comes from, kept in a form that nobody can turn back into an address.

A network is an IPv4 /24 or an IPv6 /48. It is hashed under a key of the day (UTC), which is destroyed
when the day has been over for 24 hours: from then on even we cannot tell what was hashed.
"""

import hmac
from datetime import date, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.utils import timezone

from accounts.models import NetworkKey

PREFIX_LENGTHS = {4: 24, 6: 48}


def network_of(address: str) -> str:
    """The network of an `address` (a string) as a string; all that are no address share one."""
    try:
        ip = ip_address(address.partition("%")[0])  # an IPv6 zone is no part of the address
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network((ip, PREFIX_LENGTHS[ip.version]), strict=False))


def network_hash(address: str) -> bytes:
    """16 bytes that stand for the network of `address` today, and for nothing tomorrow."""
    key = _key_of(timezone.now().date())
    return hmac.digest(key, network_of(address).encode(), "sha256")[:16]


def destroy_old_keys() -> int:
    """Delete the keys of the days before yesterday; return how many there were."""
    return NetworkKey.objects.filter(day__lt=timezone.now().date() - timedelta(days=1)).delete()[0]


@lru_cache(maxsize=1)
def _key_of(day: date) -> bytes:
    NetworkKey.objects.bulk_create([NetworkKey(day=day)], ignore_conflicts=True)
    destroy_old_keys()
    return bytes(NetworkKey.objects.get(pk=day).key)
