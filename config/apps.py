from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate

from config.roles import set_roles


class StaffAdminConfig(AdminConfig):
    default = False
    default_site = "config.staff_site.StaffSite"

    def ready(self) -> None:
        super().ready()
        post_migrate.connect(set_roles, sender=self)
