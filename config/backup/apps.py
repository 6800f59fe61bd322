from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "config.backup"
    label = "backup"
    verbose_name = "Backups"
