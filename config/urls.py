from django.contrib import admin
from django.urls import include, path

handler400 = "pages.errors.bad_request"
handler403 = "pages.errors.permission_denied"
handler404 = "pages.errors.page_not_found"
handler500 = "pages.errors.server_error"

# Machine endpoints that accept a POST from any origin, by name: a token (RFC 8058) or a signature is the
# proof. All others outside the admin are for pages of this site (tests/web/test_cross_origin.py), or for programs
# that name no origin, and can only read.
FROM_ANY_ORIGIN = {"one_click_unsubscribe", "mail_events"}
WITHOUT_ORIGIN = {"mcp", "mcp_without_slash"}

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("config.health.urls")),
    path("", include("config.metrics.urls")),
    path("", include("votes.urls")),
    path("", include("bookmarks.urls")),
    path("", include("newsletter.urls")),
    path("", include("api.urls")),
    path("", include("dump.urls")),
    path("", include("pages.urls")),
]
