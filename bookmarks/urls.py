from django.urls import path

from bookmarks.views import buttons, delete_data, feed, files, lists, notes, transfer

urlpatterns = [
    path("tools/<slug:slug>/bookmark/", buttons.bookmark, name="bookmark"),
    path("tools/<slug:slug>/bookmark/remove/", buttons.remove_bookmark, name="remove_bookmark"),
    path("bookmarks/note/<slug:slug>/", notes.write_note, name="write_note"),
    path("bookmarks/add/", lists.add_bookmarks, name="add_bookmarks"),
    path("bookmarks/remove/", lists.remove_bookmarks, name="remove_bookmarks"),
    path("bookmarks/seen/", lists.mark_seen, name="mark_seen"),
    path("bookmarks/gone/", lists.clear_gone, name="clear_gone"),
    path(
        "bookmarks/export/bookmarks.<slug:format>", files.export_bookmarks, name="export_bookmarks"
    ),
    path("bookmarks/import/", files.import_bookmarks, name="import_bookmarks"),
    path("bookmarks/transfer/", transfer.transfer_bookmarks, name="transfer_bookmarks"),
    path("bookmarks/transfer/<slug:secret>/", transfer.receive_bookmarks, name="receive_bookmarks"),
    path("bookmarks/feed/", feed.bookmark_feed_settings, name="bookmark_feed_settings"),
    path("bookmarks/feed/renew/", feed.renew_bookmark_feed, name="renew_bookmark_feed"),
    path("bookmarks/feed/end/", feed.end_bookmark_feed, name="end_bookmark_feed"),
    path("bookmarks/feed/<slug:secret>/", feed.bookmark_feed, name="bookmark_feed"),
    path("bookmarks/forget/", delete_data.delete_reader_data, name="delete_reader_data"),
]
