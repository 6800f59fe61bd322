from django.apps import AppConfig

from newsletter import checks  # noqa: F401  importing registers them


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = "Newsletter"
