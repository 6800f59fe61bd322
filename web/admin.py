import json

from django.contrib import admin
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob

from web.read_only_admin import ReadOnlyAdminMixin

admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdminMixin, ProcrastinateJobAdmin):
    """The library's, without its inline styles: our security policy refuses them."""

    @admin.display(description="Arguments")
    def pretty_args(self, instance: ProcrastinateJob) -> str:
        return json.dumps(instance.args)

    @admin.display(description="Last event")
    def summary(self, instance: ProcrastinateJob) -> str:
        event = instance.procrastinateevent_set.first()
        return f"{event.type}, {event.at:%Y-%m-%d %H:%M:%S}" if event else ""
