from django.apps import AppConfig
from django.db.models.signals import post_migrate

from votes.first_reasons import add_first_reasons


class VotesConfig(AppConfig):
    name = "votes"

    def ready(self) -> None:
        post_migrate.connect(add_first_reasons, sender=self)
