"""What is over is forgotten, every hour."""

from procrastinate.contrib.django import app

from accounts import limits, networks


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="forget_unused_allowances")
def forget_unused_allowances(timestamp):
    limits.forget_unused()


# At the full hour, so that a day's key goes as soon as the next day is over.
@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="destroy_old_network_keys")
def destroy_old_network_keys(timestamp):
    networks.destroy_old_keys()
