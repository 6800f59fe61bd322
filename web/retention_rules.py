from django.db.models import OuterRef, Subquery
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.jobs import Status

from web.retention.rules import RowRule, StatedRule, register

# A job that has succeeded is deleted at once.
ENDED = [Status.FAILED, Status.CANCELLED, Status.ABORTED, Status.SUCCEEDED]
_last_event = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-at").values("at")

register(
    RowRule(
        name="failed jobs",
        what="Background jobs that failed or were cancelled",
        days=30,
        since="after the last attempt",
        rows=ProcrastinateJob.objects.filter(
            status__in=[status.value for status in ENDED]
        ).annotate(ended_at=Subquery(_last_event[:1])),
        column="ended_at",
    ),
    StatedRule(
        name="web server log",
        what="Log of requests: times and addresses of pages, without the client",
        kept="14 days",
        where="deploy/logrotate.conf",
    ),
)
