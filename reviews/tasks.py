from procrastinate.contrib.django import app

from reviews import close_calls
from reviews.refresh import refresh_figures


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="refresh_close_calls")
def refresh_close_calls(timestamp: int) -> None:
    """Compute anew the close calls of categories that changed in the last minute."""
    close_calls.refresh()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="refresh_stored_figures")
def refresh_stored_figures(timestamp: int) -> None:
    """Compute the figures over the whole catalogue again, if what they come from has changed."""
    refresh_figures()
