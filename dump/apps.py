from django.apps import AppConfig


class DumpConfig(AppConfig):
    name = "dump"
