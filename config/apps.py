from axes.apps import AppConfig as AxesConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.db.models.signals import post_migrate
from procrastinate.contrib.django.apps import ProcrastinateConfig

from config.roles import set_roles


class StaffAdminConfig(AdminConfig):
    default = False
    default_site = "config.staff_site.StaffSite"

    def ready(self) -> None:
        super().ready()
        post_migrate.connect(set_roles, sender=self)


# The headings of other people's apps in the admin.


class StaffGroupsConfig(AuthConfig):
    default = False
    verbose_name = "Staff groups"


class SignInLogConfig(AxesConfig):
    default = False
    verbose_name = "Sign-in log"


class BackgroundJobsConfig(ProcrastinateConfig):
    default = False
    verbose_name = "Background jobs"
