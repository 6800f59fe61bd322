from django.db import models
from django.utils import timezone


class MailRequest(models.Model):
    """An address typed into one of the newsletter's forms, until the job that answers it has run.

    The web request only stores this row and never looks up the address, so its response cannot reveal
    whether the address is subscribed.
    """

    class Wanted(models.TextChoices):
        SUBSCRIPTION = "subscription", "Subscription"
        LINK = "link", "Link to preferences"

    email = models.CharField(max_length=254)
    wanted = models.CharField(max_length=12, choices=Wanted)
    form = models.CharField(max_length=40)
    network = models.BinaryField(max_length=16, null=True)
    text_version = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # Deleting those whose job failed.
            models.Index(fields=["at"], name="mail_request_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_wanted_display()}, {self.at:%Y-%m-%d %H:%M}"
