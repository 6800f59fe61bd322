from django.contrib.sessions.models import Session

from accounts.models import NetworkKey, RateLimit, Reader, SignInEvent
from accounts.readers import MAX_AGE
from web.retention.rules import RowRule, StatedRule, register

register(
    RowRule(
        name="rate limits",
        what="Rate limits of readers, networks and mailboxes, the last two as keyed hashes",
        since="until the budget is full again; for a mailbox, at most 30 days for each email",
        rows=RateLimit.objects.all(),
        column="expires_at",
    ),
    RowRule(
        name="network keys",
        what="Keys under which networks are hashed, one a day",
        days=1,
        since="after the end of its day (UTC)",
        rows=NetworkKey.objects.all(),
        column="day",
        is_date=True,
    ),
    RowRule(
        name="readers",
        what="Readers, with their bookmarks and notes; their votes stay counted, without the reader",
        # A day more than the cookie, because a visit is stored once a day.
        days=MAX_AGE.days + 1,
        since="after the last visit, vote or bookmark",
        rows=Reader.objects.all(),
        column="seen_on",
        is_date=True,
        batch=100,  # each with up to 500 bookmarks
    ),
    RowRule(
        name="staff sessions",
        what="Sessions of staff",
        since="until the session ends, or is too old",
        rows=Session.objects.all(),
        column="expire_date",
        settings=("STAFF_SESSION_HOURS", "STAFF_SESSION_IDLE_MINUTES"),
    ),
    RowRule(
        name="sign-in log",
        what="Entries of the sign-in log of staff",
        days="SIGN_IN_LOG_DAYS",
        since="after the attempt",
        rows=SignInEvent.objects.all(),
        column="at",
    ),
    StatedRule(
        name="admin history",
        what="What staff changed in the admin, and when",
        kept="for ever, as a record of who is responsible",
        where="django_admin_log",
    ),
)
