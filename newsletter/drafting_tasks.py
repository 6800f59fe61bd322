from django.utils import timezone
from procrastinate.contrib.django import app

from newsletter.drafting import draft_due_issue
from newsletter.models import Cadence


# Often, so that a worker that comes back drafts at once; most times nothing is due, and that is one query.
@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="draft_due_issues")
def draft_due_issues(timestamp):
    for cadence in Cadence:
        draft_due_issue(cadence=cadence, now=timezone.now())
