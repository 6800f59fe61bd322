from django.apps import AppConfig
from django.db.models.signals import post_migrate

from votes.first_reasons import add_first_reasons


class VotesConfig(AppConfig):
    name = "votes"

    def ready(self) -> None:
        # Models are not loaded before.
        from reviews.refresh import REFRESHED  # noqa: PLC0415
        from votes.rankings.figures import RANKINGS  # noqa: PLC0415

        REFRESHED["Rankings"] = RANKINGS
        post_migrate.connect(add_first_reasons, sender=self)
