"""The data export: everything stored about a subscriber, for the subscriber."""

from typing import Any

from newsletter.models import Consent, Delivery, Subscriber


def export_data(subscriber: Subscriber) -> dict[str, Any]:
    """Return JSON-ready values. A network is given as its hash, which cannot be reversed."""
    return {
        "subscriber": {
            "email": subscriber.email,
            "state": subscriber.state,
            "suppression_reason": subscriber.suppression,
            "cadence": subscriber.cadence,
            "categories": list(
                subscriber.categories.order_by("name").values_list("name", flat=True)
            ),
            "only_bookmarks": subscriber.only_bookmarks,
            "reader": str(subscriber.reader_id) if subscriber.reader_id else None,
            "hard_bounces": subscriber.hard_bounces,
            "created_at": subscriber.created_at,
            "confirmed_at": subscriber.confirmed_at,
        },
        "consents": [_consent(consent) for consent in subscriber.consents.order_by("at", "pk")],
        "deliveries": [
            _delivery(delivery)
            for delivery in subscriber.deliveries.select_related("issue").order_by("changed_at")
        ],
    }


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "action": consent.action,
        "at": consent.at,
        "form": consent.form,
        "network_hash": bytes(consent.network).hex() if consent.network else None,
        "text_version": consent.text_version,
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "message_id": str(delivery.pk),
        "issue": delivery.issue.number,
        "subject": delivery.issue.subject,
        "state": delivery.state,
        "attempts": delivery.tries,
        "code": delivery.code,
        "reply": delivery.reply,
        "changed_at": delivery.changed_at,
    }
