"""How often readers may send forms. `accounts.visitors.reader_view` consumes the limit of a view before it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from accounts.networks import Network
from accounts.rate_limits import Bucket, consume, network_buckets, refuse_beyond
from accounts.staff import staff_of


@dataclass(frozen=True)
class WriteLimit:
    """A limit per network, and per reader if `reader` is set: each names a setting (at once, per hour)."""

    purpose: str
    things: str  # what is sent, for people
    network: str
    reader: str = ""

    def exceeded(self, networks: Sequence[Network], reader_id: UUID | None) -> list[Bucket]:
        """Consume the limit once; return the buckets that were empty."""
        buckets = network_buckets(self.purpose, networks, *getattr(settings, self.network))
        if self.reader and reader_id:
            name = f"{self.purpose}:reader:{reader_id.hex}"
            buckets.append(Bucket(name, *getattr(settings, self.reader)))
        return consume(buckets)


WRITES = WriteLimit("writes", "changes", "WRITE_LIMIT_NETWORK", "WRITE_LIMIT_READER")
# Copies many bookmarks at once.
IMPORTS = WriteLimit("imports", "imports", "IMPORT_LIMIT_NETWORK")
# Files that are read and not stored; each takes up to a second.
STACKS = WriteLimit("stacks", "lists of packages", "STACK_LIMIT_NETWORK")
NEW_READERS = WriteLimit("readers", "first bookmarks from your network", "READER_LIMIT_NETWORK")


def exceeded_storage(networks: Sequence[Network], kilobytes: float) -> list[Bucket]:
    """Take `kilobytes` from what may be stored from `networks`; return the buckets that held less."""
    at_once, per_hour = settings.STORAGE_LIMIT_NETWORK
    cost = min(kilobytes, at_once)
    return consume(network_buckets("storage", networks, at_once, per_hour, cost))


def limit_staff_import(request: HttpRequest) -> None:
    """Raise TooManyRequests when a member of staff sends too many files: each takes seconds."""
    if request.method == "POST":
        bucket = Bucket(f"staff-imports:{staff_of(request).pk}", *settings.STAFF_IMPORT_LIMIT)
        refuse_beyond(consume([bucket]), IMPORTS.things)
