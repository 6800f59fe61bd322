"""What is over is forgotten, every day."""

from datetime import timedelta

from django.utils import timezone

from newsletter.models import MailReport, MailRequest, Subscriber

UNCONFIRMED_FOR = timedelta(days=30)  # who never pressed the button
REQUESTS_FOR = timedelta(days=7)  # whose job failed
REPORTS_FOR = timedelta(days=30)  # longer than any provider repeats one


def purge_expired():
    now = timezone.now()
    Subscriber.objects.filter(
        state=Subscriber.State.PENDING, confirmed_at=None, created_at__lt=now - UNCONFIRMED_FOR
    ).exclude(consents__at__gte=now - UNCONFIRMED_FOR).delete()
    MailRequest.objects.filter(at__lt=now - REQUESTS_FOR).delete()
    MailReport.objects.filter(at__lt=now - REPORTS_FOR).delete()
