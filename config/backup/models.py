from django.db import models
from django.db.models import Q


class LastBackup(models.Model):
    """The last backup that was verified, and what went wrong since; one row."""

    class Proof(models.TextChoices):
        RESTORED = "restored", "restored and compared"
        READ = "read", "read whole, but not restored"

    taken_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=255, blank=True)
    bytes = models.BigIntegerField(default=0)
    proof = models.CharField(max_length=8, choices=Proof, blank=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="backup_last_is_one_row")]

    def __str__(self) -> str:
        return self.file
