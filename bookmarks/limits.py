"""How often bookmarks may be pressed; beyond it 429, and nothing is changed."""

from accounts.limits import Bucket, take


def refusals(reader, network):
    """The limits that the next press goes beyond, as buckets with `retry_after`. None is the best case."""
    limits = [Bucket(f"bookmarks:network:{network.hex()}", capacity=200, per_hour=2000)]
    if reader:
        limits.append(Bucket(f"bookmarks:reader:{reader.pk.hex}", capacity=100, per_hour=1000))
    return take(limits)


def import_refusals(network):
    """Reading a file is work: the same for files from one network."""
    return take([Bucket(f"bookmark-files:network:{network.hex()}", capacity=10, per_hour=60)])


def transfer_refusals(network):
    return take([Bucket(f"transfers:network:{network.hex()}", capacity=20, per_hour=60)])
