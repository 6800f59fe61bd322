from procrastinate import JobContext
from procrastinate.contrib.django import app

from web import stalled_jobs
from web.retention import purge


# The last field is seconds.
@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="retry_stalled_jobs")
def retry_stalled_jobs(timestamp: int) -> None:
    """Take up the jobs of killed workers, less than a minute after they died."""
    stalled_jobs.retry_stalled_jobs()


# On the hour, so that the network key of a day is deleted as soon as the next day has ended.
@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="purge_expired", pass_context=True)
def purge_expired(context: JobContext, timestamp: int) -> None:
    """Delete what the retention rules no longer keep. A worker that is stopped finishes its batch."""
    purge.purge_expired(should_stop=context.should_abort)
