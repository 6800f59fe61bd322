from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from newsletter import actions, post_office
from newsletter.admin.access import SEND, ReadOnlyMixin, require
from newsletter.admin.running import why_nothing_is_sent
from newsletter.models import PostOffice


@admin.register(PostOffice)
class PostOfficeAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Whether anything may be sent at all, and the button with which a person says go."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(SEND)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_urls(self):
        site = self.admin_site
        go = site.admin_view(require_POST(self._say_go))
        page = site.admin_view(require_safe(self._page))
        return [
            path("", page, name="newsletter_postoffice_changelist"),
            path("go/", go, name="newsletter_postoffice_go"),
        ]

    def _page(self, request):
        require(request, SEND)
        office = post_office.office()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Post office",
            "office": office,
            "waits": why_nothing_is_sent(office),
            "needs_go": _needs_go(office),
        }
        return TemplateResponse(request, "admin/newsletter/postoffice/office.html", context)

    def _say_go(self, request):
        require(request, SEND)
        office = post_office.office()
        if _needs_go(office):
            why = why_nothing_is_sent(office)
            actions.say_go()
            self.log_change(request, office, f"Said go. {why}")
            messages.success(request, "Sending goes on.")
        else:
            messages.warning(
                request, "Nothing was changed: the post office does not wait for anybody."
            )
        return redirect("admin:newsletter_postoffice_changelist")


def _needs_go(office):
    return bool(office.halted_because) or post_office.is_fenced(office)
