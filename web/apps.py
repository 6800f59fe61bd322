from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import autodiscover_modules

from web import checks  # noqa: F401  importing registers them
from web.pooler_check import limits_behind_a_pooler


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "HTTP and HTML"

    def ready(self) -> None:
        register(limits_behind_a_pooler, Tags.database)
        autodiscover_modules("retention_rules")
