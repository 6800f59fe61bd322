from django.apps import apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate

from config.roles import set_roles

# The headings of other people's apps in the admin. Apps that are installed by configurations of our own
# would say the same, but django-stubs knows `request.user` only where "django.contrib.auth" is installed.
HEADINGS = {
    "auth": "Staff groups",
    "procrastinate": "Background jobs",
}


class StaffAdminConfig(AdminConfig):
    default = False
    default_site = "config.staff_site.StaffSite"

    def ready(self) -> None:
        super().ready()
        for label, heading in HEADINGS.items():
            apps.get_app_config(label).verbose_name = heading
        post_migrate.connect(set_roles, sender=self)
