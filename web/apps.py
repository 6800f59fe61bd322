from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "What every app needs of HTTP and HTML"
