from django.urls import path

from bookmarks.views import buttons

urlpatterns = [
    path("tools/<slug:slug>/bookmark/", buttons.bookmark, name="bookmark"),
    path("tools/<slug:slug>/bookmark/remove/", buttons.remove_bookmark, name="remove_bookmark"),
    path("bookmarks/note/<slug:slug>/", buttons.write_note, name="write_note"),
    path("bookmarks/seen/", buttons.mark_seen, name="mark_seen"),
    path("bookmarks/gone/", buttons.clear_gone, name="clear_gone"),
]
