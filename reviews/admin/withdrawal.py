"""The page that withdraws a published tool: it says what happens, and asks for the reason."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from reviews.forms import WithdrawalForm
from tools.actions import unpublish_tool
from tools.models import Tool


class WithdrawalMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self._withdraw_view)
        withdraw = self.admin_site.admin_view(view)
        return [
            path("<int:tool_id>/withdraw/", withdraw, name="tools_tool_withdraw"),
            *super().get_urls(),
        ]

    def _withdraw_view(self, request: HttpRequest, tool_id: int) -> HttpResponse:
        tool = get_object_or_404(Tool, pk=tool_id)
        can_change = self.has_change_permission(request, tool)
        if not can_change or not request.user.has_perm("tools.publish_tool"):
            raise PermissionDenied
        form = WithdrawalForm(request.POST if request.method == "POST" else None)
        page = reverse("admin:tools_tool_change", args=[tool.pk])
        is_sent = request.method == "POST" and form.is_valid()
        if is_sent and self._withdraw(request, tool, form):
            return HttpResponseRedirect(page)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Withdraw {tool}",
            "tool": tool,
            "form": form,
            "back": page,
        }
        status = 422 if form.errors else 200
        template = "admin/tools/tool/withdraw.html"
        return TemplateResponse(request, template, context, status=status)

    def _withdraw(self, request: HttpRequest, tool: Tool, form: WithdrawalForm) -> bool:
        """Withdraw `tool`; False, with the error in `form`, if it is no longer public."""
        reason = form.cleaned_data["withdrawal_reason"]
        if not tool.is_published:
            form.add_error(None, ValidationError("Not withdrawn: the tool is not public."))
            return False
        unpublish_tool(tool=tool, reason=reason)
        self.log_change(request, tool, f"Withdrawn: {reason}")
        messages.success(request, f"{tool} is withdrawn. Its page says when and why.")
        return True
