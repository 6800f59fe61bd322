from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from newsletter.admin.access import SEND, require
from newsletter.delivery import sending_gate
from newsletter.delivery.sending_status import blocked_reason
from newsletter.models import SendingGate
from web.read_only_admin import ReadOnlyAdminMixin


@admin.register(SendingGate)
class SendingGateAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """The state of the circuit breaker, and the button that resumes sending."""

    def has_view_permission(self, request: HttpRequest, obj: SendingGate | None = None) -> bool:
        return request.user.has_perm(SEND)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        resume = site.admin_view(require_POST(self._resume))
        page = site.admin_view(require_safe(self._page))
        return [
            path("", page, name="newsletter_sendinggate_changelist"),
            path("resume/", resume, name="newsletter_sendinggate_resume"),
        ]

    def _page(self, request: HttpRequest) -> HttpResponse:
        require(request, SEND)
        gate = sending_gate.get_gate()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Sending gate",
            "gate": gate,
            "blocked_reason": blocked_reason(gate),
            "needs_resume": _needs_resume(gate),
        }
        return TemplateResponse(request, "admin/newsletter/sendinggate/gate.html", context)

    def _resume(self, request: HttpRequest) -> HttpResponse:
        require(request, SEND)
        gate = sending_gate.get_gate()
        if _needs_resume(gate):
            reason = blocked_reason(gate)
            sending_gate.resume()
            self.log_change(request, gate, f"Sending re-enabled. Before: {reason}")
            messages.success(request, "Sending re-enabled.")
        else:
            messages.warning(request, "Nothing was changed: sending is not stopped.")
        return redirect("admin:newsletter_sendinggate_changelist")


def _needs_resume(gate: SendingGate) -> bool:
    return bool(gate.trip_reason) or sending_gate.is_restored_copy(gate)
