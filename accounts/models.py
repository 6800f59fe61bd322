import uuid
from datetime import date
from functools import cached_property
from secrets import token_bytes

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

OPERATOR = "Operator"  # a superuser, in SECOND_FACTOR_ROLES


def today() -> date:
    """Return the day in UTC, whatever the time zone of pages."""
    return timezone.now().date()


class User(AbstractUser):
    """A member of staff. Readers have no account."""

    session_generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Sessions of earlier generations have ended."
    )

    @cached_property
    def has_second_factor(self) -> bool:
        return SecondFactor.objects.filter(user_id=self.pk).exists()

    @cached_property
    def lacks_second_factor(self) -> bool:
        """Whether one of the user's roles demands a second factor that the user does not have."""
        return self._must_have_second_factor() and not self.has_second_factor

    def _must_have_second_factor(self) -> bool:
        roles = settings.SECOND_FACTOR_ROLES
        if not roles:
            return False
        is_operator = self.is_superuser and OPERATOR in roles
        return is_operator or self.groups.filter(name__in=roles).exists()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, over the generation too. Both of its public methods call this one."""
        return salted_hmac(
            "accounts.models.User.get_session_auth_hash",
            f"{self.session_generation}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class SecondFactor(models.Model):
    """The secret that a member of staff's authenticator app has, encrypted (`accounts.sign_in.second_factor`)."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    secret = models.BinaryField()
    last_step = models.BigIntegerField(help_text="The time step (RFC 6238) of the last used code.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Second factor of {self.user}"


class RecoveryCode(models.Model):
    """The SHA-256 hash of a code that replaces the app once."""

    # The key of recovery_code_once serves it.
    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", db_index=False)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "hash"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"Recovery code of {self.user}"


class SignInEvent(models.Model):
    """An entry of the sign-in log. `network` is a keyed hash, as that of a `Reader`."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed-in", "signed in"
        WRONG_PASSWORD = "wrong-password", "wrong name or password"
        WRONG_CODE = "wrong-code", "wrong code"
        REFUSED = "refused", "refused, too many attempts"
        RECOVERY_CODE_USED = "recovery-code-used", "used a recovery code"
        RECOVERY_CODES_RENEWED = "recovery-codes-renewed", "renewed the recovery codes"
        SECOND_FACTOR_ADDED = "second-factor-added", "added a second factor"
        SECOND_FACTOR_REMOVED = "second-factor-removed", "removed the second factor"
        SECOND_FACTOR_RESET = "second-factor-reset", "second factor reset by an operator"
        SIGNED_OUT_EVERYWHERE = "signed-out-everywhere", "signed out everywhere"

    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=24, choices=Kind)
    # The index sign_in_log_of_user serves it.
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="sign_in_events", db_index=False,
        help_text="Empty if no account has the name.",
    )  # fmt: skip
    network = models.BinaryField(max_length=16, null=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "sign-in log entry"
        verbose_name_plural = "sign-in log entries"
        indexes = [
            # The sign-in log in the admin, and deleting old entries.
            models.Index(fields=["-at", "-id"], name="sign_in_log"),
            # The same list, filtered by kind.
            models.Index(fields=["kind", "-at", "-id"], name="sign_in_log_of_kind"),
            # A user's own entries on their security page.
            models.Index(fields=["user", "-at"], name="sign_in_log_of_user"),
            # Deleting an account that acted on others. Few entries name one.
            models.Index(
                fields=["by"], condition=models.Q(by__isnull=False), name="sign_in_log_by"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or 'unknown name'}: {self.get_kind_display()}"


class Reader(models.Model):
    """A browser that voted or bookmarked: a random id, kept in a signed cookie.

    Nothing here identifies a person. `network` is a keyed hash (`accounts.networks`) of the network of the
    first vote or bookmark; its key is destroyed within two days.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    seen_on = models.DateField(
        default=today, help_text="The day (UTC) of the last visit, vote or bookmark."
    )
    network = models.BinaryField(max_length=16)
    newcomer_until = models.DateTimeField(
        null=True, help_text="Until then the rule “newcomers” holds the reader’s votes."
    )

    class Meta:
        indexes = [
            # Deleting readers who were not here for a long time.
            models.Index(fields=["seen_on"], name="reader_seen"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class NetworkKey(models.Model):
    """The secret under which the networks of one day (UTC) are hashed."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(default=token_bytes)

    def __str__(self) -> str:
        return str(self.day)


class RateLimit(models.Model):
    """A token bucket or a counter. Only the functions of `accounts/migrations/0002_rules.py` write it."""

    name = models.CharField(max_length=120, primary_key=True)
    amount = models.FloatField(help_text="Tokens left in a bucket, or the count of a counter.")
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Deleting limits that are as good as new.
            models.Index(fields=["expires_at"], name="rate_limit_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount}"
