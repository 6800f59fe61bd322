"""Proof that a form was sent from a page of ours, for people who have no session and no cookie.

Django's CSRF token lives in a cookie, and reading sets none here. So the fragment with a form carries a
signed token that names its holder (the reader's id, or nobody), and a POST must bring it back. A
browser also says where a POST comes from (`Origin`, `Sec-Fetch-Site`): another site's is refused
whatever it brings, and without that proof the token must be the holder's own, which no other site
can know. See docs/adr/0004.
"""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

FIELD = "form_token"
MAX_AGE = timedelta(days=2)
STALE_PAGE = (
    "That did not come from a page of ours, or the page was open for too long. Nothing was changed: "
    "please press again."
)


def make_form_token(holder=None):
    return _signer().sign(_name(holder))


def is_from_our_page(request, holder=None):
    """Whether a POST was sent from a form that we gave to `holder` (the reader's id, None for nobody)."""
    is_internal = _origin_is_ours(request)
    if is_internal is False:
        return False
    with suppress(signing.BadSignature):
        given_to = _signer().unsign(request.POST.get(FIELD, ""), max_age=MAX_AGE)
        return is_internal is True or given_to == _name(holder)
    return False


def is_hasty(request, *, within):
    """Whether the form was given out less than `within` (timedelta) ago: nobody fills one in so fast."""
    with suppress(signing.BadSignature):
        _signer().unsign(request.POST.get(FIELD, ""), max_age=within)
        return True
    return False


def token_of_form(request, holder=None):
    """For the same form once more: the token that it came with while it holds, so that it grows older."""
    if is_from_our_page(request, holder):
        return request.POST[FIELD]
    return make_form_token(holder)


def _signer():
    return signing.TimestampSigner(salt="web.form_token")


def _name(holder):
    """Stands for the holder in a page's HTML, where the reader's id itself has no business."""
    digest = salted_hmac("web.form_token.holder", str(holder or "nobody"), algorithm="sha256")
    return digest.hexdigest()[:16]


def _origin_is_ours(request):
    """True or False by what the browser says; None when it says nothing."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return _without_path(origin) in {
            _without_path(settings.SITE_URL),
            f"{request.scheme}://{request.get_host()}",
        }
    site = request.headers.get("Sec-Fetch-Site")
    return None if site is None else site in {"same-origin", "none"}


def _without_path(address):
    with suppress(ValueError):
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}"
    return ""
