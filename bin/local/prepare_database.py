"""Migrate, load the sample catalogue into an empty database, make a staff user: in one process, to be quick."""

import os

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command

from bin.local import terminal
from bin.local.places import ROOT
from bin.local.staff_login import make_staff_user
from bin.local.terminal import say


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if not apps.get_model("tools.Tool").objects.exists():
        say("loading the sample catalogue …")
        call_command("import_catalog", str(ROOT / "sample" / "catalog.json"))
    make_staff_user(get_user_model().objects)


if __name__ == "__main__":
    terminal.run("bin/dev", main)
