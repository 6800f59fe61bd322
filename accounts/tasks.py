"""What is over is forgotten, every hour."""

from procrastinate.contrib.django import app

from accounts import networks, rate_limits


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="purge_unused_rate_limits")
def purge_unused_rate_limits(timestamp: int) -> None:
    rate_limits.purge_unused()


# At the full hour, so that a day's key goes as soon as the next day is over.
@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="destroy_old_network_keys")
def destroy_old_network_keys(timestamp: int) -> None:
    networks.destroy_old_keys()
