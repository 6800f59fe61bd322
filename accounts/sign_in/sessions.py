"""When a session of staff ends: after a time without a request, after a time in any case, and on `end_sessions`.

A new password, a deactivated account and a flushed session end it too; that is Django's own doing.
"""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User

STARTED, LAST_SEEN = "signed_in_at", "last_seen_at"  # seconds since 1970
SECONDS_BETWEEN_WRITES = 60


class StaffSessionMiddleware(AuthenticationMiddleware):
    """Sets `request.user`, whose session is read where a view asks for the user, and not before."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of_session(request))  # type: ignore[assignment]


def start_session(request: HttpRequest, **_signal: Any) -> None:
    """Note when somebody signed in. Receives Django's `user_logged_in`."""
    request.session[STARTED] = request.session[LAST_SEEN] = int(time.time())


def end_sessions(user: User) -> None:
    """End all sessions of `user`, in every browser."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])


def _user_of_session(request: HttpRequest) -> User | AnonymousUser:
    user = get_user(request)
    if not isinstance(user, User):
        return AnonymousUser()
    now = int(time.time())
    if _has_ended(request.session, now):
        request.session.flush()
        return AnonymousUser()
    if now - request.session[LAST_SEEN] >= SECONDS_BETWEEN_WRITES:
        request.session[LAST_SEEN] = now
    return user


def _has_ended(session: SessionBase, now: int) -> bool:
    return (
        now - session.get(STARTED, 0) >= settings.STAFF_SESSION_HOURS * 3600
        or now - session.get(LAST_SEEN, 0) >= settings.STAFF_SESSION_IDLE_MINUTES * 60
    )


user_logged_in.connect(start_session, dispatch_uid="accounts.start_session")
