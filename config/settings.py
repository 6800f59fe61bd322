"""All settings, from the environment only. `docs/settings.md` explains them to operators.

A bad value stops the process at its start. With DEBUG off nothing that protects the site has a default.
"""

import logging
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP
from environs import env, validate

from config import mail_provider
from config.database import SESSION_SETTINGS, database
from config.environment import (
    DAYS,
    LARGE_MAIL_DOMAINS,
    are_host_names,
    is_cache_address,
    is_contact_list,
    is_https_address,
    is_one_line,
    is_postgres_address,
    is_postgres_duration,
    is_sender,
    is_sentry_dsn,
    is_signing_key,
    is_site_address,
    is_time_zone,
    require_database_url,
    require_production_variables,
    room,
)
from config.page_cache import page_cache
from config.release import fingerprint, version
from config.roles import are_roles
from config.sentry import start_sentry
from web.job_id import with_job_id
from web.mail_server import django_mailer, mail_server
from web.postgres import ReplicaConnection

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", False)
if not DEBUG:
    require_production_variables()

SECRET_KEY = env.str("SECRET_KEY", "for the local demo only, never on a network " * 2)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"], validate=are_host_names
)
# Canonical addresses and links in emails are made from this, never from the Host of a request.
SITE_URL = env.str(
    "SITE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}", validate=is_site_address
).rstrip("/")
SITE_NAME = "Ship or Skip"
# A site at an http:// address (the local default, or a trial of docker-compose.yml) can use neither secure
# cookies nor redirects to HTTPS. `manage.py doctor` reports such a site.
HTTPS = SITE_URL.startswith("https://")
# With "__Host-" no other subdomain can set or overwrite the cookie.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
READER_COOKIE_NAME = "__Host-reader" if HTTPS else "reader"
MESSAGES_COOKIE_NAME = "__Host-messages" if HTTPS else "messages"
MESSAGE_STORAGE = "web.message_storage.MessageStorage"
LAST_WRITE_COOKIE_NAME = "__Host-last_write" if HTTPS else "last_write"

# Language and time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = False
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True

INSTALLED_APPS = [
    "web",
    "accounts",
    "tools",
    "reviews",
    "votes",
    "bookmarks",
    "newsletter",
    "api",
    "pages",
    "dump",
    "config.backup",
    "config.doctor",
    "config.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "import_export",
    "procrastinate.contrib.django",
    "anymail",
]

MIDDLEWARE = [
    "web.request_id.request_id",
    "web.request_metrics.measure_requests",
    "web.response_headers.response_headers",
    "api.middleware.api_answers",
    "web.middleware.refuse_malformed_requests",
    "web.middleware.DatabaseUnavailableMiddleware",
    "web.page_cache.page_cache",
    "web.personal_fragment.empty_fragments",
    "web.replica_middleware.ReplicaMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.sign_in.sessions.StaffSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.TooManyRequestsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.site",
                "pages.context.sample_notice",
            ],
        },
    },
]

# Database: Postgres only.
if DEBUG:
    require_database_url()
# "transaction": PgBouncer, or a pooler like it, stands in front of Postgres.
DATABASE_POOLER = env.str("DATABASE_POOLER", "", validate=validate.OneOf(["", "transaction"]))
DATABASE_SESSION_SETTINGS = SESSION_SETTINGS | {
    "statement_timeout": env.str("STATEMENT_TIMEOUT", "10s", validate=is_postgres_duration),
    "lock_timeout": env.str("LOCK_TIMEOUT", "2s", validate=is_postgres_duration),
}
# Seconds after which a reader's request waits no longer for Postgres, should it not end a statement itself.
DATABASE_ANSWER_TIMEOUT = env.float("DATABASE_ANSWER_TIMEOUT", 12, validate=validate.Range(min=1))
env.str("DATABASE_URL", validate=is_postgres_address)  # before it is parsed, with its password
_pool_size = env.int("DATABASE_POOL_SIZE", 8, validate=validate.Range(min=1))
DATABASES = {
    "default": database(
        env.dj_db_url("DATABASE_URL"),
        session_settings=DATABASE_SESSION_SETTINGS,
        pooler=DATABASE_POOLER,
        pool_size=_pool_size,
    )
}
# Postgres itself where DATABASE_URL leads to a pooler: for backups.
DATABASE_DIRECT: dict[str, object] = (
    dict(env.dj_db_url("DATABASE_DIRECT_URL")) if env.str("DATABASE_DIRECT_URL", "") else {}
)
# A streaming replica for the reads of those who have not just written something (web/replica.py).
if env.str("DATABASE_REPLICA_URL", ""):
    env.str("DATABASE_REPLICA_URL", validate=is_postgres_address)
    DATABASES["replica"] = database(
        env.dj_db_url("DATABASE_REPLICA_URL"),
        session_settings=DATABASE_SESSION_SETTINGS,
        pooler=DATABASE_POOLER,
        pool_size=_pool_size,
        pool_timeout=1,
        connection_class=ReplicaConnection,
    ) | {"TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["web.replica.ReplicaRouter"]
# Seconds behind the primary from which on the replica is not read.
DATABASE_REPLICA_MAX_LAG = env.float(
    "DATABASE_REPLICA_MAX_LAG", 5, validate=validate.Range(min=0.1)
)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Staff
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# A password that was hashed in an earlier way is hashed again when its owner signs in.
PASSWORD_HASHERS = [
    "accounts.sign_in.hashing.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# As NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5 §6.2: long rather than composed, and not a common one.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 15},
        "CommonPasswordValidator": {},
    }.items()
]
LOGIN_URL = "admin:login"
# Who must have a second factor; others may.
SECOND_FACTOR_ROLES: list[str] = env.list("SECOND_FACTOR_ROLES", [], validate=are_roles)
# A session ends this long after signing in, and this long after the last request.
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", 12, validate=validate.Range(min=1))
STAFF_SESSION_IDLE_MINUTES = env.int(
    "STAFF_SESSION_IDLE_MINUTES", 60, validate=validate.Range(min=5)
)
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 3600
SIGN_IN_LOG_DAYS = env.int("SIGN_IN_LOG_DAYS", 90, validate=validate.Range(min=1))
# The number of our own proxies in front; the client's address is taken that many hops from the right.
TRUSTED_PROXY_HOPS = env.int("TRUSTED_PROXY_HOPS", 0, validate=validate.Range(min=0, max=5))
# Staff who are reviewers see the other scores of a tool only after entering their own.
BLIND_ENTRY = env.bool("BLIND_ENTRY", True)

# The bottom line of a comparison. /method/ and /method/rules.json say these values.
BOTTOM_LINE_MIN_REVIEWERS = env.int("BOTTOM_LINE_MIN_REVIEWERS", 3, validate=validate.Range(min=2))
BOTTOM_LINE_LEAD_POINTS = env.float(
    "BOTTOM_LINE_LEAD_POINTS", 5.0, validate=validate.Range(0, 100, min_inclusive=False)
)
BOTTOM_LINE_LEAN_SHARE = env.int("BOTTOM_LINE_LEAN_SHARE", 75, validate=validate.Range(51, 100))
BOTTOM_LINE_SPLIT_POINTS = env.float(
    "BOTTOM_LINE_SPLIT_POINTS", 10.0, validate=validate.Range(0, 100, min_inclusive=False)
)
BOTTOM_LINE_SPLIT_SHARE = env.int("BOTTOM_LINE_SPLIT_SHARE", 25, validate=validate.Range(1, 50))
# Leniency is shrunk as if the reviewer had scored this many more tools exactly as the panel did.
LENIENCY_PRIOR_TOOLS = env.int("LENIENCY_PRIOR_TOOLS", 10, validate=validate.Range(min=0))
# Pages show changes of a panel score from this many points on; the change log itself records every change.
LEDGER_SCORE_POINTS = env.float("LEDGER_SCORE_POINTS", 1.0)
# In every limit per network, an IPv6 /32 has this many times the budget of a /48.
WIDE_NETWORK_FACTOR = env.int("WIDE_NETWORK_FACTOR", 10, validate=validate.Range(min=1))
# Votes: the limits (at once and per hour, beyond which the answer is 429) and the public rules that hold a
# vote. /voting/ prints these values.
VOTE_LIMIT_READER = room("VOTE_LIMIT_READER", 30, 120)
VOTE_LIMIT_NETWORK = room("VOTE_LIMIT_NETWORK", 120, 1200)
VOTE_PACE = room("VOTE_PACE", 6, 900)
VOTE_NEW_READERS_PER_HOUR = env.int("VOTE_NEW_READERS_PER_HOUR", 20)
VOTE_NETWORK_CAP = env.int("VOTE_NETWORK_CAP", 10)
VOTE_BURST_FLOOR = env.int("VOTE_BURST_FLOOR", 60)
VOTE_BURST_FACTOR = env.int("VOTE_BURST_FACTOR", 20)
VOTE_BURST_HISTORY_DAYS = 30
# Everything else that readers send: changes, and files and links that copy many bookmarks at once.
WRITE_LIMIT_READER = room("WRITE_LIMIT_READER", 100, 600)
WRITE_LIMIT_NETWORK = room("WRITE_LIMIT_NETWORK", 200, 1000)
IMPORT_LIMIT_NETWORK = room("IMPORT_LIMIT_NETWORK", 10, 10)
# Lists of packages that are checked at /stack/.
STACK_LIMIT_NETWORK = room("STACK_LIMIT_NETWORK", 20, 120)
# Files that a member of staff checks or imports.
STAFF_IMPORT_LIMIT = room("STAFF_IMPORT_LIMIT", 30, 120)
# What a stranger may make us store: readers whose first action is a bookmark, and kilobytes of notes and imports.
READER_LIMIT_NETWORK = room("READER_LIMIT_NETWORK", 100, 40)
STORAGE_LIMIT_NETWORK = room("STORAGE_LIMIT_NETWORK", 20_000, 1000)
# Pages that cost much and are not in the cache: search, suggestions of a tool to add, weights, deep pages, 404 with near names.
READ_LIMIT_NETWORK = room("READ_LIMIT_NETWORK", 240, 3600)
# Answers of the API that have to be made, because the cache does not have them.
API_LIMIT_NETWORK = room("API_LIMIT_NETWORK", 600, 7200)
# Requests with the newsletter's forms.
NEWSLETTER_LIMIT_NETWORK = room("NEWSLETTER_LIMIT_NETWORK", 10, 20)
# A review is due for confirmation after this many days.
REVIEW_DUE_DAYS = env.int("REVIEW_DUE_DAYS", 120)
# Staff are reminded to check a fact again after this many days.
FACT_DUE_DAYS = env.int("FACT_DUE_DAYS", 180, validate=validate.Range(min=1, max=36_500))

# Where the fonts of other scripts than Latin are looked for, for the pictures of shared links.
FONTS_DIR = env.path("FONTS_DIR", Path("/usr/share/fonts"))

# Backups. They are made by the worker once there is a folder for them, at this hour (UTC), and kept for so many days
# and weeks.
BACKUP_DIR = env.str("BACKUP_DIR", "")
BACKUP_HOUR = env.int("BACKUP_HOUR", 2, validate=validate.Range(min=0, max=23))
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", 7, validate=validate.Range(min=1))
BACKUP_KEEP_WEEKS = env.int("BACKUP_KEEP_WEEKS", 4, validate=validate.Range(min=0))

# The dump under /data/: the folder that it is in, without which there is none, the licence that it states, and
# the Ed25519 key that signs it, 32 bytes in Base64.
DATA_DIR = env.str("DATA_DIR", str(BASE_DIR / ".local" / "data") if DEBUG else "")
DATA_LICENCE = env.str("DATA_LICENCE", "", validate=is_one_line)
DATA_SIGNING_KEY = env.str("DATA_SIGNING_KEY", "", validate=is_signing_key)

# The settings that public pages print. RELEASE is part of the validator of every page, so that no cached page
# is used after a change of these or of the code.
PRINTED = {
    "SITE_NAME": SITE_NAME,
    "SITE_URL": SITE_URL,
    "TIME_ZONE": TIME_ZONE,
    "READER_COOKIE_NAME": READER_COOKIE_NAME,
    "LAST_WRITE_COOKIE_NAME": LAST_WRITE_COOKIE_NAME,
    "FONTS_DIR": FONTS_DIR,
    "BOTTOM_LINE_MIN_REVIEWERS": BOTTOM_LINE_MIN_REVIEWERS,
    "BOTTOM_LINE_LEAD_POINTS": BOTTOM_LINE_LEAD_POINTS,
    "BOTTOM_LINE_LEAN_SHARE": BOTTOM_LINE_LEAN_SHARE,
    "BOTTOM_LINE_SPLIT_POINTS": BOTTOM_LINE_SPLIT_POINTS,
    "BOTTOM_LINE_SPLIT_SHARE": BOTTOM_LINE_SPLIT_SHARE,
    "LENIENCY_PRIOR_TOOLS": LENIENCY_PRIOR_TOOLS,
    "LEDGER_SCORE_POINTS": LEDGER_SCORE_POINTS,
    "REVIEW_DUE_DAYS": REVIEW_DUE_DAYS,
    "BLIND_ENTRY": BLIND_ENTRY,
    "SIGN_IN_LOG_DAYS": SIGN_IN_LOG_DAYS,
    "SESSION_COOKIE_NAME": SESSION_COOKIE_NAME,
    "CSRF_COOKIE_NAME": CSRF_COOKIE_NAME,
    "WIDE_NETWORK_FACTOR": WIDE_NETWORK_FACTOR,
    "VOTE_LIMIT_READER": VOTE_LIMIT_READER,
    "VOTE_LIMIT_NETWORK": VOTE_LIMIT_NETWORK,
    "NEWSLETTER_LIMIT_NETWORK": NEWSLETTER_LIMIT_NETWORK,
    "VOTE_PACE": VOTE_PACE,
    "VOTE_NEW_READERS_PER_HOUR": VOTE_NEW_READERS_PER_HOUR,
    "VOTE_NETWORK_CAP": VOTE_NETWORK_CAP,
    "VOTE_BURST_FLOOR": VOTE_BURST_FLOOR,
    "VOTE_BURST_FACTOR": VOTE_BURST_FACTOR,
    "VOTE_BURST_HISTORY_DAYS": VOTE_BURST_HISTORY_DAYS,
    "DATA_DIR": DATA_DIR,
    "DATA_LICENCE": DATA_LICENCE,
    "BACKUP_DIR": BACKUP_DIR,
    "BACKUP_KEEP_DAYS": BACKUP_KEEP_DAYS,
    "BACKUP_KEEP_WEEKS": BACKUP_KEEP_WEEKS,
}
VERSION = version(BASE_DIR)
RELEASE = fingerprint(BASE_DIR, env.str("RELEASE", ""), PRINTED)

# Pages
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": page_cache(
        url=env.str("CACHE_URL", "", validate=is_cache_address),
        megabytes=env.int("PAGE_CACHE_MB", 64, validate=validate.Range(min=1)),
    ),
}
# Off in development, so that changes of templates show at once.
PAGE_CACHE = env.bool("PAGE_CACHE", not DEBUG)

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / ".staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from the top of the site, where browsers and search engines look for them by themselves.
WHITENOISE_ROOT = BASE_DIR / "root_files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "web.static_files.BundledStaticFilesStorage"
    },
}

# Security
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# "no-referrer" would make Chromium send "Origin: null", and every form would be refused.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pages.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^metrics$"]
# With "Authorization: Bearer" and this value, /healthz/work/ names the part that is failing.
HEALTH_TOKEN = env.str("HEALTH_TOKEN", "")
# The same header for /metrics, which is not found without it.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXY_HOPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# What /.well-known/security.txt says: where to report a vulnerability, as URIs, and where the policy is.
SECURITY_CONTACT: list[str] = env.list("SECURITY_CONTACT", [], validate=is_contact_list)
SECURITY_POLICY_URL = env.str("SECURITY_POLICY_URL", "", validate=is_https_address)
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# The paths of forms that accept a file, and the largest body of each in bytes (deploy/nginx/site.conf allows no
# more). Files of readers stay in the memory of this process; nginx buffers those of an import on its disk while
# they arrive.
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_FORMS = {
    "/admin/": 20_000_000,  # the forms there say what is too large
    "/bookmarks/import/": FILE_UPLOAD_MAX_MEMORY_SIZE,
    "/stack/check/": 2_000_000,
    # Not a file, but mail programs may send the short body of RFC 8058 as multipart.
    "/newsletter/one-click/": 16_384,
}

# Email. Every step has a timeout: a server that does not answer is tried again later.
MAIL_SERVER = mail_server(
    env.str(
        "MAIL_URL",
        f"smtp+plain://127.0.0.1:{env.int('MAIL_PORT', 1025)}",
        validate=mail_server,
    )
)
MAIL_TIMEOUT = env.float("MAIL_TIMEOUT", 30)  # seconds, for each step but the last
# RFC 5321 §4.5.3.2.6: the time that a server may take to accept a whole message.
MAIL_ACCEPT_TIMEOUT = env.float("MAIL_ACCEPT_TIMEOUT", 600)
MAILERS = {"default": django_mailer(MAIL_SERVER, MAIL_TIMEOUT)}

# The newsletter: its sender, and how fast it is sent: emails per second over all workers, and simultaneous
# connections of each worker to the mail server.
DEFAULT_NEWSLETTER_FROM = f"{SITE_NAME} <newsletter@{urlsplit(SITE_URL).hostname}>"
NEWSLETTER_FROM = env.str("NEWSLETTER_FROM", DEFAULT_NEWSLETTER_FROM, validate=is_sender)
NEWSLETTER_RATE = env.float("NEWSLETTER_RATE", 50, validate=validate.Range(min=0.01))
NEWSLETTER_CONNECTIONS = env.int(
    "NEWSLETTER_CONNECTIONS", 4, validate=validate.Range(min=1, max=50)
)
# The postal address is printed in every issue, as the laws of many countries require.
NEWSLETTER_POSTAL_ADDRESS = env.str("NEWSLETTER_POSTAL_ADDRESS", "", validate=is_one_line)
# How fast requests of the newsletter's forms are answered with an email, over the whole site and at one domain of
# recipients. Others wait. Both hold for the first requests of each network in an hour, and once more for the rest.
NEWSLETTER_FIRST_REQUESTS = room("NEWSLETTER_FIRST_REQUESTS", 2, 2)
NEWSLETTER_LIMIT_SITE = room("NEWSLETTER_LIMIT_SITE", 300, 1200)
NEWSLETTER_LIMIT_DOMAIN = room("NEWSLETTER_LIMIT_DOMAIN", 20, 60)
# Domains with this many times the room.
NEWSLETTER_LARGE_DOMAIN_FACTOR = env.int(
    "NEWSLETTER_LARGE_DOMAIN_FACTOR", 20, validate=validate.Range(min=1)
)
NEWSLETTER_LARGE_DOMAINS = env.list("NEWSLETTER_LARGE_DOMAINS", LARGE_MAIL_DOMAINS)
# Emails that answer requests, to one mailbox: so many in a row, and so many more in 30 days.
NEWSLETTER_MAILS_PER_MONTH = env.int(
    "NEWSLETTER_MAILS_PER_MONTH", 5, validate=validate.Range(min=1)
)
# The provider that reports bounces and complaints, and how it authenticates. Without one, which is the
# default, the endpoint answers 404.
MAIL_PROVIDER = env.str(
    "MAIL_PROVIDER", "", validate=validate.OneOf(["", *mail_provider.SIGNED_BY])
)
ANYMAIL = mail_provider.webhook_settings(
    MAIL_PROVIDER,
    signing_key=env.str("MAIL_WEBHOOK_SIGNING_KEY", ""),
    login=env.str("MAIL_WEBHOOK_LOGIN", ""),
    address=f"{SITE_URL}/newsletter/webhooks/mail/",
)

# When an issue is drafted, in which time zone, and whether it is sent without approval.
NEWSLETTER_WEEKDAY = DAYS.index(env.str("NEWSLETTER_DAY", "tuesday", validate=validate.OneOf(DAYS)))
NEWSLETTER_HOUR = env.int("NEWSLETTER_HOUR", 9, validate=validate.Range(min=0, max=23))
NEWSLETTER_TIME_ZONE = env.str("NEWSLETTER_TIME_ZONE", TIME_ZONE, validate=is_time_zone)
NEWSLETTER_AUTOSEND = env.bool("NEWSLETTER_AUTOSEND", False)

# Admin
IMPORT_EXPORT_USE_TRANSACTIONS = True

PROCRASTINATE_IMPORT_PATHS = ["newsletter.issues.tasks", "newsletter.signup.tasks"]
# Emails to one person do not wait for an issue that is being sent. Finished jobs are deleted.
PROCRASTINATE_WORKER_DEFAULTS = {
    # A pooler gives the session that listens to others: jobs are then looked for every 5 seconds.
    "listen_notify": not DATABASE_POOLER,
    "concurrency": 3,
    "delete_jobs": "successful",
    "task_middleware": [with_job_id],
    # After this many seconds a stopping worker asks its jobs to abort; sending does so between two emails.
    "shutdown_graceful_timeout": 1,
}

# deploy/gunicorn.conf.py reads the same variable for its own log.
LOG_FORMAT = env.str(
    "LOG_FORMAT", "text" if DEBUG else "json", validate=validate.OneOf(["json", "text"])
)
LOG_LEVEL = env.log_level("LOG_LEVEL", logging.INFO)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "web.logs.RedactingFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
            "keep_lines": DEBUG,
        },
        "json": {"()": "web.json_logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        name: {"level": "WARNING"}
        # The last writes a line for each call, which carries what was sent.
        for name in ["procrastinate.blueprints", "procrastinate.periodic", "django_mcpz.calls"]
    }
    # Without Django's own handlers, which while DEBUG is on would log everything twice, unredacted.
    | {"django": {"handlers": [], "propagate": True}}
    # Django gives it the level INFO, whatever LOG_LEVEL is.
    | {"django.server": {"handlers": [], "propagate": True, "level": LOG_LEVEL}},
}

# Errors are reported only to the server that this names.
SENTRY_DSN = env.str("SENTRY_DSN", "", validate=is_sentry_dsn)
if SENTRY_DSN:
    start_sentry(SENTRY_DSN, release=RELEASE)
