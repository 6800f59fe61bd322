import uuid
from secrets import token_bytes

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    """A member of staff. Readers have no account."""


class Reader(models.Model):
    """A browser that voted or bookmarked: a random id, kept in a signed cookie.

    Nothing here identifies a person. `network` is a keyed hash (`accounts.networks`) of the network of the
    first vote or bookmark; its key is destroyed within two days.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    network = models.BinaryField(max_length=16)
    newcomer_until = models.DateTimeField(
        null=True, help_text="Until then the rule “newcomers” holds the reader’s votes."
    )

    def __str__(self) -> str:
        return str(self.id)


class NetworkKey(models.Model):
    """The secret under which the networks of one day (UTC) are hashed."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(default=token_bytes)

    def __str__(self) -> str:
        return str(self.day)


class RateLimit(models.Model):
    """A token bucket or a counter. Only the functions `accounts_consume` and `accounts_increment` write it."""

    name = models.CharField(max_length=120, primary_key=True)
    amount = models.FloatField(help_text="Tokens left in a bucket, or the count of a counter.")
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Deleting limits that were not used for two days.
            models.Index(fields=["updated_at"], name="rate_limit_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount}"
