"""How often bookmarks may be pressed; beyond it 429, and nothing is changed."""

from accounts.limits import Bucket, take


def refusals(reader, network):
    """The limits that the next press goes beyond, as buckets with `retry_after`. None is the best case."""
    limits = [Bucket(f"bookmarks:network:{network.hex()}", capacity=200, per_hour=2000)]
    if reader:
        limits.append(Bucket(f"bookmarks:reader:{reader.pk.hex}", capacity=100, per_hour=1000))
    return take(limits)
