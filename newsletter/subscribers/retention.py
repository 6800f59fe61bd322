"""Retention: delete every day what is no longer needed."""

from datetime import timedelta

from django.utils import timezone

from newsletter.models import MailRequest, ProviderEvent, Subscriber

UNCONFIRMED_RETENTION = timedelta(days=30)
REQUEST_RETENTION = timedelta(days=7)  # requests whose job failed
EVENT_RETENTION = timedelta(days=30)  # longer than any provider repeats an event


def purge_expired() -> None:
    now = timezone.now()
    unconfirmed_since = now - UNCONFIRMED_RETENTION
    Subscriber.objects.filter(
        state=Subscriber.State.PENDING, confirmed_at=None, created_at__lt=unconfirmed_since
    ).exclude(consents__at__gte=unconfirmed_since).delete()
    MailRequest.objects.filter(at__lt=now - REQUEST_RETENTION).delete()
    ProviderEvent.objects.filter(at__lt=now - EVENT_RETENTION).delete()
