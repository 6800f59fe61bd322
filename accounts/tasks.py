"""Jobs that delete what is no longer needed."""

from django.contrib.sessions.backends.db import SessionStore
from procrastinate.contrib.django import app

from accounts import actions, networks, rate_limits
from accounts.sign_in import log


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="purge_unused_rate_limits")
def purge_unused_rate_limits(timestamp: int) -> None:
    rate_limits.purge_unused()


# On the hour, so that the key of a day is deleted as soon as the next day has ended.
@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="destroy_old_network_keys")
def destroy_old_network_keys(timestamp: int) -> None:
    networks.destroy_old_keys()


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="purge_sign_ins")
def purge_sign_ins(timestamp: int) -> None:
    """Delete expired sessions, and entries of the sign-in log whose time is over."""
    SessionStore.clear_expired()
    log.purge_old_events()


@app.periodic(cron="27 3 * * *")
@app.task(queueing_lock="delete_unseen_readers")
def delete_unseen_readers(timestamp: int) -> None:
    actions.delete_unseen_readers()
