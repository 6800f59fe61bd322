from django.urls import path

from newsletter.issues.feeds import newsletter_atom, newsletter_rss
from newsletter.views import archive, preferences, signup, subscription, webhooks

urlpatterns = [
    path("newsletter/", signup.newsletter, name="newsletter"),
    path("newsletter/asked/", signup.newsletter_asked, name="newsletter_asked"),
    path("newsletter/link/", signup.newsletter_link, name="newsletter_link"),
    path("newsletter/link/asked/", signup.newsletter_link_asked, name="newsletter_link_asked"),
    path(
        "newsletter/confirm/<str:token>/",
        subscription.confirm_subscription,
        name="confirm_subscription",
    ),
    path("newsletter/confirm/<str:token>/again/", subscription.confirm_again, name="confirm_again"),
    path("newsletter/unsubscribe/<str:token>/", subscription.unsubscribe, name="unsubscribe"),
    path("newsletter/unsubscribe/<str:token>/undo/", subscription.resubscribe, name="resubscribe"),
    path(
        "newsletter/one-click/<str:token>/",
        subscription.one_click_unsubscribe,
        name="one_click_unsubscribe",
    ),
    path("newsletter/preferences/<str:token>/", preferences.preferences, name="preferences"),
    path(
        "newsletter/preferences/<str:token>/undo/",
        preferences.undo_preferences,
        name="undo_preferences",
    ),
    path(
        "newsletter/preferences/<str:token>/download/",
        preferences.download_data_export,
        name="download_data_export",
    ),
    path(
        "newsletter/preferences/<str:token>/delete/",
        preferences.delete_subscriber_data,
        name="delete_subscriber_data",
    ),
    path("newsletter/deleted/", preferences.data_deleted, name="newsletter_data_deleted"),
    path("newsletter/webhooks/mail/", webhooks.mail_events, name="mail_events"),
    path("newsletter/issues/", archive.newsletter_archive, name="newsletter_archive"),
    path("newsletter/issues/rss/", newsletter_rss, name="newsletter_rss"),
    path("newsletter/issues/atom/", newsletter_atom, name="newsletter_atom"),
    path("sitemap-newsletter.xml", archive.newsletter_sitemap, name="newsletter_sitemap"),
    path("newsletter/issues/<int:number>/", archive.newsletter_issue, name="newsletter_issue"),
]
