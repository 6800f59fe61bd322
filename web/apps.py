from django.apps import AppConfig

from web import checks  # noqa: F401  importing registers them


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "HTTP and HTML"
