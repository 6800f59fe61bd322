"""The jobs that a request left behind."""

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def delete_jobs():
    """Delete the jobs that a test with real transactions leaves: nothing else empties their tables."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def do_jobs():
    """Run the deferred jobs of emails to one person in this process, and the jobs that they defer."""
    waiting = ProcrastinateJob.objects.filter(status="todo", queue_name="default").order_by("pk")
    while job := waiting.first():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        app.tasks[job.task_name](**job.args)
