"""The start page of the admin says what failed for good, and tries it again."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from newsletter.signup.tasks import send_mail
from tests.admin_client import make_staff, sign_in
from tests.pages.reading import words
from tests.web.test_stalled_jobs import execute

pytestmark = pytest.mark.django_db
ONE = "1 background job has failed for good, such as an email to one person."


def fail_job():
    job = send_mail.defer(kind="confirmation", subscriber=1)
    return execute(
        "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s RETURNING id", job
    )


def test_nothing_is_said_while_no_job_has_failed(admin_client):
    send_mail.defer(kind="confirmation", subscriber=1)

    assert "failed for good" not in words(admin_client.get("/admin/"))


def test_a_job_that_failed_is_tried_again_from_the_start_page(admin_client):
    job = fail_job()
    page = admin_client.get("/admin/")
    assert ONE in words(page)

    form = {"action": "retry_failed", "select_across": "1", "_selected_action": "0"}
    answer = admin_client.post(page.context["failed_jobs"].url, form, follow=True)

    assert "1 job is queued again." in words(answer)
    assert ProcrastinateJob.objects.values_list("status", flat=True).get(pk=job) == "todo"


def test_only_jobs_that_failed_are_tried_again(admin_client):
    waiting = send_mail.defer(kind="confirmation", subscriber=1)
    form = {"action": "retry_failed", "_selected_action": str(waiting)}

    answer = admin_client.post(
        reverse("admin:procrastinate_procrastinatejob_changelist"), form, follow=True
    )

    assert "0 jobs are queued again." in words(answer)


def test_editors_see_nothing_of_jobs():
    fail_job()

    assert "failed for good" not in words(sign_in(make_staff("Publisher")).get("/admin/"))


def test_who_may_view_jobs_cannot_run_their_actions():
    job = fail_job()
    viewer = make_staff()
    viewer.user_permissions.add(Permission.objects.get(codename="view_procrastinatejob"))
    address = reverse("admin:procrastinate_procrastinatejob_changelist")
    client = sign_in(viewer)

    assert client.get(address).context["action_form"] is None
    for action in ["retry_failed", "cancel", "abort"]:
        client.post(address, {"action": action, "_selected_action": str(job)})

    assert ProcrastinateJob.objects.values_list("status", flat=True).get(pk=job) == "failed"
    assert "Try again" not in words(client.get("/admin/"))


def test_the_list_of_jobs_says_in_which_time_zone_its_times_are(admin_client):
    job = fail_job()
    at = datetime(2026, 11, 26, 15, 4, 5, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [at, job])

    page = words(admin_client.get(reverse("admin:procrastinate_procrastinatejob_changelist")))

    assert "send_mail" in page
    assert "26 Nov 2026, 15:04 UTC" in page
