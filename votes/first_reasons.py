"""The vote reasons that a new site starts with. From then on they are the staff's: none comes back by itself."""

from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db.migrations import Migration

FIRST_REASONS = {
    "ship": [
        ("saves-time", "Saves time"),
        ("quality", "Output quality"),
        ("price", "Price"),
        ("reliable", "Reliability"),
        ("privacy", "Privacy"),
        ("open", "Open source"),
        ("support", "Support"),
    ],
    "skip": [
        ("price", "Price"),
        ("unreliable", "Reliability"),
        ("lock-in", "Lock-in"),
        ("privacy", "Privacy"),
        ("immature", "Immature"),
        ("quality", "Output quality"),
        ("hard-to-use", "Hard to use"),
    ],
}

Plan = list[tuple[Migration, bool]]


def add_first_reasons(
    *, using: str, apps: Apps = installed_apps, plan: Plan | None = None, **kwargs: Any
) -> None:
    """Add them to a database that was just created or emptied. Receive `post_migrate`."""
    if not is_new("votes", plan):
        return
    reason = apps.get_model("votes", "Reason")
    reason.objects.using(using).bulk_create(
        reason(side=side, slug=slug, label=label, position=position)
        for side, reasons in FIRST_REASONS.items()
        for position, (slug, label) in enumerate(reasons)
    )


def is_new(app_label: str, plan: Plan | None) -> bool:
    """Return whether the app's tables were just created or emptied.

    `plan` is what `post_migrate` says: [(migration, whether it was undone)], or None after `flush`.
    """
    return plan is None or any(
        migration.app_label == app_label and migration.initial and not backwards
        for migration, backwards in plan
    )
