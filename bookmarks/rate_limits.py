"""How often bookmarks may be pressed; beyond it 429, and nothing is changed."""

from accounts.rate_limits import Bucket, consume


def exceeded_limits(reader, network):
    """The limits that the next press goes beyond, as buckets with `retry_after`. None is the best case."""
    limits = [Bucket(f"bookmarks:network:{network.hex()}", capacity=200, per_hour=2000)]
    if reader:
        limits.append(Bucket(f"bookmarks:reader:{reader.pk.hex}", capacity=100, per_hour=1000))
    return consume(limits)


def exceeded_import_limits(network):
    """Reading a file is work: the same for files from one network."""
    return consume([Bucket(f"bookmark-files:network:{network.hex()}", capacity=10, per_hour=60)])


def exceeded_transfer_limits(network):
    return consume([Bucket(f"transfers:network:{network.hex()}", capacity=20, per_hour=60)])
