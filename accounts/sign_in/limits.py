"""Token buckets of sign-in, consumed before a password is hashed. Unknown names are treated as known ones."""

import unicodedata

from django.utils.crypto import salted_hmac

from accounts.models import RateLimit, User
from accounts.networks import networks_of
from accounts.rate_limits import Bucket, consume

# At once, and per hour.
NAME_AND_NETWORK = (5, 12)
NETWORKS = [(20, 60), (40, 120), (80, 240)]  # IPv4 /24 or IPv6 /64, then /48 and /32
NAME = (10, 30)
SITE = (60, 600)
KNOWN_DEVICE = (10, 30)
CONFIRMATIONS = (5, 12)  # codes, and passwords of somebody who is signed in
LOGGED_REFUSALS = (10, 60)


class TooManyAttempts(Exception):
    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after  # seconds
        super().__init__(retry_after)


def refuse_beyond_limits(*, name: str, address: str, device: str | None) -> None:
    """Take a token for an attempt to sign in; raise TooManyAttempts where a bucket is empty.

    A browser that `name` signed in with before (`known_devices`) has a bucket of its own, so that nobody who
    knows a name, and has many networks, can keep its owner out.
    """
    if device:
        _take([Bucket(f"sign-in:device:{device}", *KNOWN_DEVICE)])
        return
    networks = networks_of(address)
    _take(
        [
            _of_name_and_network(name, networks[0].hash),
            *(
                Bucket(f"sign-in:network:{network.hash.hex()}", *budget)
                for network, budget in zip(networks, NETWORKS, strict=False)
            ),
            Bucket(f"sign-in:name:{name_key(name)}", *NAME),
            Bucket("sign-in:site", *SITE),
        ]
    )


def refuse_beyond_confirmations(user: User) -> None:
    """Take a token for a code or password that `user` types after the first step."""
    _take([Bucket(f"sign-in:confirm:{user.pk}", *CONFIRMATIONS)])


def may_log_refusal() -> bool:
    return not consume([Bucket("sign-in:logged-refusals", *LOGGED_REFUSALS)])


def forget_failures(*, name: str, address: str) -> None:
    """Give the owner of `name`, who has just signed in from `address`, the full budget there again."""
    bucket = _of_name_and_network(name, networks_of(address)[0].hash)
    RateLimit.objects.filter(name=bucket.name).delete()


def forget_attempts(user: User) -> None:
    """Fill the buckets of a name again, and those of its codes."""
    names = [f"sign-in:name:{name_key(user.username)}", f"sign-in:confirm:{user.pk}"]
    RateLimit.objects.filter(name__in=names).delete()


def name_key(name: str) -> str:
    """Return what stands for `name` in buckets and cookies: nobody can read there what was typed."""
    normalised = unicodedata.normalize("NFKC", name).casefold().strip()
    return salted_hmac("accounts.sign_in", normalised, algorithm="sha256").hexdigest()[:32]


def _of_name_and_network(name: str, network: bytes) -> Bucket:
    return Bucket(f"sign-in:{name_key(name)}:{network.hex()}", *NAME_AND_NETWORK)


def _take(buckets: list[Bucket]) -> None:
    """Take one token of each, the narrowest bucket first: a refused attempt takes nothing from wider ones."""
    for bucket in buckets:
        if consume([bucket]):
            raise TooManyAttempts(bucket.retry_after)
