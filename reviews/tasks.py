from procrastinate.contrib.django import app

from reviews import close_calls


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="refresh_close_calls")
def refresh_close_calls(timestamp: int) -> None:
    """Compute anew the close calls of categories that changed in the last minute."""
    close_calls.refresh()
