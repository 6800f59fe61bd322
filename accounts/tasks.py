"""Hourly jobs that delete what is no longer needed."""

from procrastinate.contrib.django import app

from accounts import networks, rate_limits


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="purge_unused_rate_limits")
def purge_unused_rate_limits(timestamp: int) -> None:
    rate_limits.purge_unused()


# On the hour, so that the key of a day is deleted as soon as the next day has ended.
@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="destroy_old_network_keys")
def destroy_old_network_keys(timestamp: int) -> None:
    networks.destroy_old_keys()
