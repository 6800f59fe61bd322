"""Time-based one-time passwords (RFC 6238) as a second factor, and recovery codes for a lost phone."""

import base64
import hashlib
import hmac
import logging
import secrets
import time
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from accounts.models import RecoveryCode, SecondFactor, User
from accounts.sign_in.sessions import end_sessions

# What authenticator apps understand: RFC 6238 with SHA-1, 6 digits and 30 seconds.
DIGITS, SECONDS = 6, 30
STEPS_OFF = 1  # RFC 6238 §5.2: one step for clocks that differ, and for slow typing
RECOVERY_CODES = 10
RECOVERY_LENGTH = (
    24  # base32: 120 bits, so that one round of SHA-256 protects them (OWASP ASVS 5, 6.5.2)
)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewSecret:
    """A secret that an authenticator app is about to take over."""

    secret: bytes

    @classmethod
    def make(cls) -> "NewSecret":
        return cls(secrets.token_bytes(20))  # RFC 4226 §4 recommends 160 bits

    @classmethod
    def unwrap(cls, wrapped: str) -> "NewSecret":
        """Raise InvalidToken for anything that `wrapped` did not return."""
        return cls(_fernet().decrypt(wrapped))

    @property
    def wrapped(self) -> str:
        return _fernet().encrypt(self.secret).decode()

    @property
    def text(self) -> str:
        """Return the secret as people type it: base32 in groups of four."""
        return _in_groups(base64.b32encode(self.secret).decode(), " ")

    def uri(self, name: str) -> str:
        """Return the address that a QR code carries to an app."""
        return _totp(self.secret).get_provisioning_uri(name, settings.SITE_NAME)


def add_second_factor(user: User, new: NewSecret, code: str) -> list[str]:
    """Store the factor if `code` shows that an app has it, and end the other sessions; return recovery codes.

    Returns [] and changes nothing for a wrong code, or if `user` has a factor already.
    """
    step = _step_of(new.secret, code)
    if step is None:
        return []
    try:
        with transaction.atomic():
            SecondFactor.objects.create(
                user=user, secret=_fernet().encrypt(new.secret), last_step=step
            )
            end_sessions(user)
            return renew_recovery_codes(user)
    except IntegrityError:
        return []


@transaction.atomic
def remove_second_factor(user: User) -> bool:
    """Delete the factor and its recovery codes, and end all sessions; return whether there was one."""
    deleted, _ = SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    if deleted:
        end_sessions(user)
    return bool(deleted)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Replace the recovery codes of `user`; return the new ones, which are stored as hashes only."""
    # Two requests at once must not leave two sets.
    SecondFactor.objects.select_for_update().get(user=user)
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, hash=_recovery_hash(code)) for code in codes
    )
    return codes


def use_code(user: User, code: str) -> bool:
    """Accept a code of the app, which is used up with its time step and all before it, or a recovery code."""
    factor = SecondFactor.objects.filter(user=user).first()
    return factor is not None and (_use_totp(factor, code) or use_recovery_code(user, code))


def use_recovery_code(user: User, code: str) -> bool:
    """Delete the recovery code; return whether there was one. Two requests with one code: one gets it."""
    deleted, _ = RecoveryCode.objects.filter(user=user, hash=_recovery_hash(code)).delete()
    return bool(deleted)


def is_recovery_code(code: str) -> bool:
    return len(_bare(code)) == RECOVERY_LENGTH


def _use_totp(factor: SecondFactor, code: str) -> bool:
    try:
        secret = _fernet().decrypt(bytes(factor.secret))
    except InvalidToken:
        logger.error(
            "The second factor of user %s was stored under a SECRET_KEY that is neither SECRET_KEY nor in "
            "SECRET_KEY_FALLBACKS. Recovery codes still work; manage.py reset_second_factor removes it.",
            factor.pk,
        )
        return False
    step = _step_of(secret, code)
    if step is None:
        return False
    # One statement, so that a code counts once. It wraps the secret under the newest key.
    unused = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step)
    return bool(unused.update(last_step=step, secret=_fernet().encrypt(secret)))


def _step_of(secret: bytes, code: str) -> int | None:
    """Return the time step whose code is `code`, if it is near enough to now."""
    typed, now = _bare(code).encode(), int(time.time()) // SECONDS
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if hmac.compare_digest(_totp(secret).generate(step * SECONDS), typed):
            return step
    return None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303 - HMAC-SHA-1, as RFC 6238 has it


def _new_recovery_code() -> str:
    return _in_groups(base64.b32encode(secrets.token_bytes(15)).decode().lower(), "-")


def _recovery_hash(code: str) -> bytes:
    return hashlib.sha256(_bare(code).encode()).digest()


def _bare(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()


def _in_groups(text: str, separator: str) -> str:
    return separator.join(text[start : start + 4] for start in range(0, len(text), 4))


def _fernet() -> MultiFernet:
    return MultiFernet(
        [_key_from(key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
    )


def _key_from(secret_key: str) -> Fernet:
    derived = salted_hmac(
        "accounts.second_factor", "encryption", secret=secret_key, algorithm="sha256"
    )
    return Fernet(base64.urlsafe_b64encode(derived.digest()))
