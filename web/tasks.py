from procrastinate.contrib.django import app

from web import stalled_jobs


# The last field is seconds.
@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="retry_stalled_jobs")
def retry_stalled_jobs(timestamp: int) -> None:
    """Take up the jobs of killed workers, less than a minute after they died."""
    stalled_jobs.retry_stalled_jobs()
