"""The hourly jobs that delete network keys and rate limits."""

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

from accounts.models import NetworkKey, RateLimit
from accounts.tasks import destroy_old_network_keys, purge_unused_rate_limits


def make_keys():
    """Store keys for today and the three days before; return their days, the latest first."""
    days = [timezone.now().date() - timedelta(days=n) for n in range(4)]
    NetworkKey.objects.bulk_create(NetworkKey(day=day) for day in days)
    return days


@pytest.mark.django_db
def test_the_keys_of_the_days_before_yesterday_are_destroyed():
    days = make_keys()

    destroy_old_network_keys(timestamp=0)

    assert list(NetworkKey.objects.order_by("-day").values_list("day", flat=True)) == days[:2]


@pytest.mark.django_db
def test_rate_limits_that_are_as_good_as_new_are_deleted():
    for name, minutes in [("used", 60), ("old", -1)]:
        expires_at = timezone.now() + timedelta(minutes=minutes)
        RateLimit.objects.create(
            name=name, amount=1, updated_at=timezone.now(), expires_at=expires_at
        )

    purge_unused_rate_limits(timestamp=0)

    names = RateLimit.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["used"]


def test_the_jobs_run_every_hour_and_every_night():
    crons = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert crons["accounts.tasks.destroy_old_network_keys"] == "0 * * * *"
    assert crons["accounts.tasks.purge_unused_rate_limits"] == "0 * * * *"
    assert crons["accounts.tasks.delete_unseen_readers"] == "27 3 * * *"


def address_of_the_test_database():
    connection.ensure_connection()
    info = connection.connection.info
    return f"postgresql://{info.user}@:{info.port}/{info.dbname}?host={quote(info.host, safe='')}"


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_both_jobs():
    days = make_keys()
    job = destroy_old_network_keys.defer(timestamp=0)

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
