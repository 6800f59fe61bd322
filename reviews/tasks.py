from procrastinate.contrib.django import app

from reviews.refresh import refresh_figures


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="refresh_stored_figures")
def refresh_stored_figures(timestamp: int) -> None:
    """Compute the figures over the whole catalogue again, if what they come from has changed."""
    refresh_figures()
