from procrastinate.contrib.django import app

from reviews.draft_actions import publish_due_reviews
from reviews.refresh import refresh_figures


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="refresh_stored_figures")
def refresh_stored_figures(timestamp: int) -> None:
    """Compute the figures over the whole catalogue again, if what they come from has changed."""
    refresh_figures()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="publish_scheduled_reviews")
def publish_scheduled_reviews(timestamp: int) -> None:
    publish_due_reviews()
