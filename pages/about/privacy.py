from dataclasses import asdict, dataclass
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.networks import IPV4_PREFIX, STORED_IPV6_PREFIX
from accounts.readers import COOKIE, MAX_AGE
from accounts.sign_in import known_devices
from bookmarks.transfers import LIFETIME
from votes.page_validators import SHARED_PAGE
from web.public_page import public_page
from web.retention.rules import in_words, row_rule

# The cookie by which a cache knows that its reader has just written (deploy/nginx/http.conf).
LAST_WRITE = "last_write"
LAST_WRITE_SECONDS = 60


@dataclass(frozen=True)
class Figures:
    """The settings and periods in force that the page prints."""

    reader_cookie: str
    cookie_days: int
    last_write_cookie: str
    last_write_seconds: int
    session_cookie: str
    csrf_cookie: str
    device_cookie: str
    sign_in_days: int
    removed_bookmarks_kept: str
    transfers_kept: str
    unconfirmed_kept: str
    provider_events_kept: str
    recipients_kept: str
    network_key_hours: int
    transfer_minutes: int
    ipv4_prefix: int
    ipv6_prefix: int
    reader_votes_per_hour: int
    network_votes_per_hour: int
    network_signups_per_hour: int
    # 0: no backups are made
    backup_weeks: int


def current_figures() -> Figures:
    return Figures(
        reader_cookie=COOKIE,
        cookie_days=MAX_AGE.days,
        last_write_cookie=LAST_WRITE,
        last_write_seconds=LAST_WRITE_SECONDS,
        session_cookie=settings.SESSION_COOKIE_NAME,
        csrf_cookie=settings.CSRF_COOKIE_NAME,
        device_cookie=known_devices.COOKIE,
        sign_in_days=row_rule("sign-in log").period.days,
        removed_bookmarks_kept=_kept("removed bookmarks"),
        transfers_kept=_kept("transfers"),
        unconfirmed_kept=_kept("unconfirmed addresses"),
        provider_events_kept=_kept("provider events"),
        recipients_kept=_kept("recipients of issues"),
        # It is used for a day before.
        network_key_hours=24 * (1 + row_rule("network keys").period.days),
        transfer_minutes=LIFETIME.seconds // 60,
        ipv4_prefix=IPV4_PREFIX,
        ipv6_prefix=STORED_IPV6_PREFIX,
        reader_votes_per_hour=settings.VOTE_LIMIT_READER[1],
        network_votes_per_hour=settings.VOTE_LIMIT_NETWORK[1],
        network_signups_per_hour=settings.NEWSLETTER_LIMIT_NETWORK[1],
        backup_weeks=_backup_weeks(),
    )


def _kept(rule: str) -> str:
    return in_words(row_rule(rule).period.days)


def _backup_weeks() -> int:
    """Return how many weeks a backup is kept, rounded up: the newest of a week may be a week younger."""
    if not settings.BACKUP_DIR:
        return 0
    return max(ceil(settings.BACKUP_KEEP_DAYS / 7), settings.BACKUP_KEEP_WEEKS + 1)


@public_page(SHARED_PAGE)
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", asdict(current_figures()))
