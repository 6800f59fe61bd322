"""How often bookmarks may be changed. Each function returns the limits that the next action exceeds."""

from accounts.models import Reader
from accounts.rate_limits import Bucket, consume


def exceeded_limits(reader: Reader | None, network: bytes) -> list[Bucket]:
    limits = [Bucket(f"bookmarks:network:{network.hex()}", capacity=200, per_hour=2000)]
    if reader:
        limits.append(Bucket(f"bookmarks:reader:{reader.pk.hex}", capacity=100, per_hour=1000))
    return consume(limits)


def exceeded_import_limits(network: bytes) -> list[Bucket]:
    """To read a file takes time, so there are fewer of them."""
    return consume([Bucket(f"bookmark-files:network:{network.hex()}", capacity=10, per_hour=60)])


def exceeded_transfer_limits(network: bytes) -> list[Bucket]:
    return consume([Bucket(f"transfers:network:{network.hex()}", capacity=20, per_hour=60)])
