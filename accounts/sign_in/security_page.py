"""The pages on which staff see and change what protects their own account.

Each view gets the `context` of the staff site's pages. `StaffSite` lets only staff in, also those whose role
demands a second factor that they do not have yet.
"""

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.forms import WRONG_CODE, AddSecondFactorForm, ConfirmForm
from accounts.models import SignInEvent, User
from accounts.sign_in.clear_pages import clear_pages
from accounts.sign_in.log import record
from accounts.sign_in.second_factor import (
    NewSecret,
    add_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    use_code,
)
from accounts.sign_in.sessions import end_sessions
from accounts.sign_in.throttled import throttled
from accounts.staff import staff_of
from web.client_address import client_address
from web.qr_code import qr_code

Kind = SignInEvent.Kind
NEW_SECRET = "new_second_factor"  # in the session, encrypted  # noqa: S105
EVENTS_SHOWN = 10


def security(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    user = staff_of(request)
    context |= {
        "title": "Account security",
        "recovery_codes_left": user.recovery_codes.count(),
        "events": user.sign_in_events.order_by("-at")[:EVENTS_SHOWN],
    }
    return TemplateResponse(request, "admin/sign_in/security.html", context)


@throttled
def add(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    user = staff_of(request)
    if user.has_second_factor:
        return redirect("admin:security")
    new = _new_secret(request)
    form = AddSecondFactorForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        if codes := add_second_factor(user, new, form.cleaned_data["code"]):
            del request.session[NEW_SECRET]
            update_session_auth_hash(request, user)
            _record(request, Kind.SECOND_FACTOR_ADDED)
            return _show_codes(request, context, codes)
        form.add_error("code", WRONG_CODE)
    context |= {
        "title": "Add a second factor",
        "form": form,
        "qr_code": qr_code(new.uri(user.username), "QR code for your authenticator app"),
        "secret": new.text,
    }
    return TemplateResponse(request, "admin/sign_in/add_second_factor.html", context)


@throttled
def renew_codes(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    form = _confirmation(request)
    if form and form.is_valid():
        codes = renew_recovery_codes(staff_of(request))
        _record(request, Kind.RECOVERY_CODES_RENEWED)
        return _show_codes(request, context, codes)
    explanation = "Your current recovery codes stop working, and you get ten new ones."
    return _confirm_page(request, context, form, "Get new recovery codes", explanation)


@throttled
def remove(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    form = _confirmation(request)
    if form and form.is_valid():
        user = staff_of(request)
        remove_second_factor(user)
        update_session_auth_hash(request, user)
        _record(request, Kind.SECOND_FACTOR_REMOVED)
        messages.success(request, "Second factor removed. Your other sessions have ended.")
        return redirect("admin:security")
    explanation = (
        "Your password alone will open your account, and your recovery codes stop working. "
        "If your role requires a second factor, you must add another one at once."
    )
    return _confirm_page(request, context, form, "Remove the second factor", explanation)


def sign_out_everywhere(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    end_sessions(staff_of(request))
    _record(request, Kind.SIGNED_OUT_EVERYWHERE)
    logout(request)
    messages.success(request, "You are signed out in every browser.")
    return clear_pages(redirect("admin:login"))


def _new_secret(request: HttpRequest) -> NewSecret:
    """Return the secret that the page showed before, so that opening it again keeps a scanned code valid."""
    try:
        return NewSecret.unwrap(request.session[NEW_SECRET])
    except (KeyError, InvalidToken):
        new = NewSecret.make()
        request.session[NEW_SECRET] = new.wrapped
        return new


def _confirmation(request: HttpRequest) -> ConfirmForm | None:
    """Return the form with password and code checked, or None where there is no factor to change."""
    user = staff_of(request)
    if not user.has_second_factor:
        return None
    form = ConfirmForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid() and not use_code(user, form.cleaned_data["code"]):
        _record(request, Kind.WRONG_CODE)
        form.add_error("code", WRONG_CODE)
    return form


def _confirm_page(
    request: HttpRequest,
    context: dict[str, Any],
    form: ConfirmForm | None,
    title: str,
    explanation: str,
) -> HttpResponse:
    if form is None:
        return redirect("admin:security")
    context |= {"title": title, "form": form, "explanation": explanation}
    return TemplateResponse(request, "admin/sign_in/confirm.html", context)


def _show_codes(request: HttpRequest, context: dict[str, Any], codes: list[str]) -> HttpResponse:
    context |= {"title": "Your recovery codes", "codes": codes}
    return TemplateResponse(request, "admin/sign_in/recovery_codes.html", context)


def _record(request: HttpRequest, kind: Kind) -> None:
    user: User = staff_of(request)
    record(kind, user=user, address=client_address(request))
