"""The sign-in log of staff. It never stores what was typed: people type passwords into the wrong field."""

from accounts.models import SignInEvent, User
from accounts.networks import network_hash
from accounts.sign_in.limits import may_log_refusal

Kind = SignInEvent.Kind


def record(kind: Kind, *, user: User | None, address: str = "", by: User | None = None) -> None:
    """Add an entry about `user`; None where no account has the name. `by` is the operator who acted."""
    network = network_hash(address) if address else None
    SignInEvent.objects.create(kind=kind, user=user, network=network, by=by)


def record_refusal(name: str, address: str) -> None:
    """Add an entry for an attempt beyond the limits; while there are many, for some of them only."""
    if may_log_refusal():
        record(Kind.REFUSED, user=user_named(name), address=address)


def user_named(name: str) -> User | None:
    return User.objects.filter(username=name).first()
