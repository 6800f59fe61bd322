from django.db import models
from django.utils import timezone


class SendingGate(models.Model):
    """A circuit breaker and rate limit for all workers, in one row.

    Nothing is sent while `paused_until` is in the future (the mail server is unavailable; sending resumes
    by itself), while `trip_reason` is set (a refused login, failing TLS; until somebody resumes sending),
    or while `identity` is not this database's (a restored copy; until somebody resumes sending).
    See `newsletter.delivery.sending_gate` and `newsletter.delivery.database_identity`.
    """

    identity = models.CharField(max_length=120, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Failed connections in a row.")
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    trip_reason = models.CharField(max_length=300, blank=True)
    tripped_at = models.DateTimeField(null=True, blank=True)
    # A token bucket over all workers: how many emails may be sent now. It refills as time passes.
    permits = models.FloatField(default=0)
    permits_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "sending gate"

    def __str__(self) -> str:
        return "Sending gate"

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.paused_until > timezone.now()
