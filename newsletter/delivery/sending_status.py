"""What keeps an issue from being sent, in words for staff and for monitoring."""

from django.utils.translation import ngettext

from newsletter.delivery import sending_gate
from newsletter.delivery.progress import Progress, progress_of
from newsletter.models import Issue, SendingGate
from web.heartbeats import seconds_since_heartbeat
from web.stalled_jobs import SECONDS_WITHOUT_HEARTBEAT


def blocked_reason(gate: SendingGate) -> str:
    """Return why the sending gate is closed; "" when it is open."""
    if gate.trip_reason:
        return f"Sending is stopped. {gate.trip_reason}"
    if sending_gate.is_restored_copy(gate):
        return (
            "Sending is stopped. Another database is the one that sends, "
            "so this one may be a restored copy."
        )
    if gate.is_paused and gate.paused_until:
        reply = f" ({gate.pause_reason})" if gate.pause_reason else ""
        time = f"{gate.paused_until:%H:%M:%S} UTC"
        return f"The mail server is unavailable{reply}. Sending resumes automatically at {time}."
    return ""


def missing_worker() -> str:
    """Return a sentence if no worker runs that could send; "" otherwise. One query."""
    seconds = seconds_since_heartbeat()
    if seconds is None:
        return "No worker has ever run, so nothing is sent. Ask an operator to start one."
    if seconds < SECONDS_WITHOUT_HEARTBEAT:
        return ""
    return (
        f"No worker has reported for {describe_age(round(seconds))}, so nothing is sent. "
        "Ask an operator to start one."
    )


def describe_age(seconds: int) -> str:
    """Return an age such as "40 s", "12 min" or "5 h"."""
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def describe_duration(seconds: int | None) -> str:
    """Return a rough duration such as "about 3 minutes"; "" for None."""
    if seconds is None:
        return ""
    hours, minutes, seconds = round(seconds / 3600), round(seconds / 60), max(seconds, 1)
    if seconds >= 1.5 * 3600:
        return ngettext("about %(n)d hour", "about %(n)d hours", hours) % {"n": hours}
    if seconds >= 1.5 * 60:
        return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}
    return ngettext("about %(n)d second", "about %(n)d seconds", seconds) % {"n": seconds}


def describe_progress(issue: Issue) -> str:
    """Return a line such as "issue 12: 40 of 100 done, 2.5 emails a second, about 24 seconds left"."""
    progress = progress_of(issue)
    text = f"issue {issue.number}: {progress.done} of {progress.total} done"
    if not progress.per_second:
        return f"{text}, none in the last minute{_last_refusal(progress)}"
    left = describe_duration(progress.seconds_left)
    return f"{text}, {progress.per_second} emails a second, {left} left{_last_refusal(progress)}"


def _last_refusal(progress: Progress) -> str:
    """Return the code alone: the text may name a subscriber."""
    return f"; last refusal: {progress.refusal_code}" if progress.refusal_code else ""
