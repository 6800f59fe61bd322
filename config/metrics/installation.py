"""How the installation is, read when Prometheus asks: the health checks as figures, and what is queued."""

from collections.abc import Iterator
from typing import Any

from django.db import OperationalError, connection
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config.health.parts import READY, WORK, Finding, findings
from web.postgres import wait_at_most

# For each statement. Prometheus waits 10 for the whole answer.
SECONDS = 1.0
# What the figure of a part of `config.health.parts` is.
FIGURES = {
    "worker": ("worker_heartbeat_age_seconds", "Seconds since a worker wrote its heartbeat."),
    "due jobs": ("oldest_due_job_age_seconds", "Seconds that the oldest due job has waited."),
    "failed jobs": ("failed_jobs", "Jobs that failed for good; at most 1,000 are counted."),
    "sending": ("sending_gate_open", "1 while emails of issues may be sent; 0 paused or stopped."),
    "deliveries": ("uncertain_deliveries", "Deliveries to decide about; at most 1,000."),
    "last dump": ("last_dump_age_seconds", "Seconds since the published dump was made."),
    "last backup": ("last_backup_age_seconds", "Seconds since the last verified backup."),
}
JOBS = """
SELECT queue_name, status, count(*)
FROM unnest(ARRAY['todo', 'doing', 'failed']::procrastinate_job_status[]) AS wanted (wanted_status)
CROSS JOIN LATERAL (
    SELECT queue_name, status FROM procrastinate_jobs WHERE status = wanted_status LIMIT 10000
) AS job
GROUP BY queue_name, status
"""
# The order makes Postgres read delivery_issue_state. Of issues that are sent nothing changes any more.
DELIVERIES = """
SELECT delivery.state, count(*)
FROM newsletter_issue AS issue
CROSS JOIN unnest(ARRAY['queued', 'claimed', 'data', 'sent', 'rejected', 'uncertain', 'skipped']) AS wanted (wanted_state)
CROSS JOIN LATERAL (
    SELECT state FROM newsletter_delivery WHERE issue_id = issue.id AND state = wanted_state
    ORDER BY changed_at LIMIT 100000
) AS delivery
WHERE issue.state IN ('sending', 'paused')
GROUP BY delivery.state
"""
CONNECTIONS = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::int
"""


class Installation(Collector):
    def collect(self) -> Iterator[Metric]:
        with wait_at_most(SECONDS):
            found = findings([*READY, *WORK])
            yield _health(found)
            yield from _figures(found)
            if all(finding.is_well for finding in found[: len(READY)]):
                yield from _queues()


def _health(found: list[Finding]) -> Metric:
    metric = _gauge("health_ok", "1 while this part is well, as /healthz/ says.", "part")
    for finding in found:
        metric.add_metric([finding.part], finding.is_well)
    return metric


def _figures(found: list[Finding]) -> Iterator[Metric]:
    for finding in found:
        if finding.figure is not None:
            metric = _gauge(*FIGURES[finding.part])
            metric.add_metric([], finding.figure)
            yield metric


def _queues() -> Iterator[Metric]:
    jobs = _gauge("jobs", "Jobs in the queue; at most 10,000 of each status.", "queue", "status")
    for queue, status, count in _rows(JOBS):
        jobs.add_metric([queue, status], count)
    deliveries = _gauge(
        "deliveries", "Deliveries of unfinished issues; at most 100,000 of each.", "state"
    )
    for state, count in _rows(DELIVERIES):
        deliveries.add_metric([state], count)
    used = _gauge("database_connections", "Connections to Postgres, of all programs.")
    most = _gauge("database_connections_max", "Connections that Postgres accepts.")
    for connections, limit in _rows(CONNECTIONS):
        used.add_metric([], connections)
        most.add_metric([], limit)
    yield from [jobs, deliveries, used, most]


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"shiporskip_{name}", text, labels=labels)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    """Return the rows; none where they take too long, so that the other metrics are still printed."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    except OperationalError:
        return []
