import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from web.read_only_admin import ReadOnlyAdminMixin

admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdminMixin, ProcrastinateJobAdmin):
    """The library's, without its inline styles: our security policy refuses them."""

    actions = ["retry_failed", "cancel", "abort"]

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """Only operators run them; the right to view jobs is for looking at them."""
        return super().get_actions(request, action_location) if request.user.is_superuser else {}

    @admin.display(description="Arguments")
    def pretty_args(self, instance: ProcrastinateJob) -> str:
        return json.dumps(instance.args)

    @admin.display(description="Last event")
    def summary(self, instance: ProcrastinateJob) -> str:
        event = instance.procrastinateevent_set.first()
        if event is None:
            return ""
        at = date_format(timezone.localtime(event.at), "DATETIME_FORMAT")
        return f"{event.type.replace('_', ' ').capitalize()}, {at}"

    @admin.display(description="Status", ordering="status")
    def pretty_status(self, instance: ProcrastinateJob) -> str:
        return instance.status.capitalize()

    @admin.display(description="Task", ordering="task_name")
    def short_task_name(self, instance: ProcrastinateJob) -> str:
        return instance.task_name.rpartition(".")[2]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Background jobs", **(extra_context or {})}
        )

    @admin.action(description="Try failed jobs again")
    def retry_failed(self, request: HttpRequest, jobs: QuerySet[ProcrastinateJob]) -> None:
        """Jobs of a killed worker are tried again without this (`web.stalled_jobs`)."""
        failed = list(jobs.filter(status=Status.FAILED.value).values_list("pk", flat=True))
        for job in failed:
            app.job_manager.retry_job_by_id(job, retry_at=timezone.now())
        message = ngettext(
            "%(count)d job is queued again.", "%(count)d jobs are queued again.", len(failed)
        )
        messages.success(request, message % {"count": len(failed)})
