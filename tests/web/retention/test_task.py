"""The hourly job that applies the retention rules, in a real worker."""

import os
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import NetworkKey
from web.tasks import purge_expired


def make_keys():
    """Store keys for today and the three days before; return their days, the latest first."""
    days = [timezone.now().date() - timedelta(days=n) for n in range(4)]
    NetworkKey.objects.bulk_create(NetworkKey(day=day) for day in days)
    return days


def test_it_runs_every_hour():
    crons = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert crons["web.tasks.purge_expired"] == "0 * * * *"


def address_of_the_test_database():
    connection.ensure_connection()
    info = connection.connection.info
    return f"postgresql://{info.user}@:{info.port}/{info.dbname}?host={quote(info.host, safe='')}"


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_it():
    days = make_keys()
    job = purge_expired.defer(timestamp=0)

    subprocess.run(
        [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DEBUG": "on", "DATABASE_URL": address_of_the_test_database()},
        check=True,
        timeout=60,
    )

    assert list(NetworkKey.objects.order_by("-day").values_list("day", flat=True)) == days[:2]
    assert not ProcrastinateJob.objects.filter(
        pk=job
    ).exists()  # done, and nobody asks for it again
