from django.contrib import admin
from django.urls import include, path

handler400 = "pages.errors.bad_request"
handler403 = "pages.errors.permission_denied"
handler404 = "pages.errors.page_not_found"
handler500 = "pages.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("votes.urls")),
    path("", include("bookmarks.urls")),
    path("", include("newsletter.urls")),
    path("", include("pages.urls")),
]
