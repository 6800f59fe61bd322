from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from newsletter.admin.access import SEND, require
from newsletter.admin.progress import why_nothing_is_sent
from newsletter.delivery import sending_gate
from newsletter.models import SendingGate
from web.read_only_admin import ReadOnlyAdminMixin


@admin.register(SendingGate)
class SendingGateAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """Whether anything may be sent at all, and the button with which a person says go."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(SEND)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_urls(self):
        site = self.admin_site
        go = site.admin_view(require_POST(self._resume))
        page = site.admin_view(require_safe(self._page))
        return [
            path("", page, name="newsletter_sendinggate_changelist"),
            path("go/", go, name="newsletter_sendinggate_resume"),
        ]

    def _page(self, request):
        require(request, SEND)
        gate = sending_gate.get_gate()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Sending gate",
            "gate": gate,
            "waits": why_nothing_is_sent(gate),
            "needs_resume": _needs_resume(gate),
        }
        return TemplateResponse(request, "admin/newsletter/sendinggate/gate.html", context)

    def _resume(self, request):
        require(request, SEND)
        gate = sending_gate.get_gate()
        if _needs_resume(gate):
            why = why_nothing_is_sent(gate)
            sending_gate.resume()
            self.log_change(request, gate, f"Said go. {why}")
            messages.success(request, "Sending goes on.")
        else:
            messages.warning(
                request, "Nothing was changed: the sending gate does not wait for anybody."
            )
        return redirect("admin:newsletter_sendinggate_changelist")


def _needs_resume(gate):
    return bool(gate.trip_reason) or sending_gate.is_restored_copy(gate)
