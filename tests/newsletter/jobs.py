"""The jobs that a request left behind."""

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def delete_jobs():
    """A test whose transactions are real leaves its jobs behind: these tables are emptied by nobody."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def do_jobs():
    """Do, in this process, the mails to one person that were deferred, and what that defers in its turn."""
    waiting = ProcrastinateJob.objects.filter(status="todo", queue_name="default").order_by("pk")
    while job := waiting.first():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        app.tasks[job.task_name](**job.args)
