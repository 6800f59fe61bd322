"""Signing in: name and password, then the code of the second factor where there is one."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.crypto import constant_time_compare

from accounts.forms import WRONG_CODE, CodeForm, SignInForm
from accounts.models import SignInEvent, User
from accounts.sign_in.hashing import HashingBusy
from accounts.sign_in.known_devices import remember_device
from accounts.sign_in.limits import (
    TooManyAttempts,
    forget_failures,
    refuse_beyond_confirmations,
)
from accounts.sign_in.log import record, record_refusal
from accounts.sign_in.second_factor import is_recovery_code, use_code
from accounts.sign_in.throttled import throttled_page
from web.client_address import client_address

Kind = SignInEvent.Kind
PENDING = "sign_in"  # in the session: who has given the right password
PENDING_SECONDS = 300


class SignInView(LoginView):
    """The first step, in the staff site's page."""

    authentication_form = SignInForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except TooManyAttempts as refusal:
            record_refusal(request.POST.get("username", ""), client_address(request))
            return throttled_page(request, refusal.retry_after)
        except HashingBusy as busy:
            return throttled_page(request, busy.retry_after)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        user = form.get_user()
        assert isinstance(user, User)  # noqa: S101 - for the type checker
        if not user.has_second_factor:
            return _sign_in(self.request, user, self.get_success_url())
        self.request.session.flush()
        self.request.session[PENDING] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "at": int(time.time()),
            "next": self.get_success_url(),
        }
        return redirect("admin:sign_in_code")


def enter_code(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The second step. `context` is that of the staff site's pages."""
    user = _pending_user(request)
    if user is None:
        return redirect("admin:login")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            refuse_beyond_confirmations(user)
        except TooManyAttempts as refusal:
            record_refusal(user.username, client_address(request))
            return throttled_page(request, refusal.retry_after)
        if use_code(user, code):
            return _sign_in(request, user, request.session[PENDING]["next"], code)
        record(Kind.WRONG_CODE, user=user, address=client_address(request))
        form.add_error("code", WRONG_CODE)
    context |= {"form": form, "title": "Enter your code"}
    return TemplateResponse(request, "admin/sign_in/code.html", context)


def _pending_user(request: HttpRequest) -> User | None:
    """Return who gave the right password within five minutes, unless password or sessions changed since."""
    pending = request.session.get(PENDING)
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True, is_staff=True).first()
    if user and constant_time_compare(user.get_session_auth_hash(), pending["hash"]):
        return user
    return None


def _sign_in(request: HttpRequest, user: User, target: str, code: str = "") -> HttpResponse:
    request.session.pop(PENDING, None)
    address = client_address(request)
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    forget_failures(name=user.username, address=address)
    if is_recovery_code(code):
        record(Kind.RECOVERY_CODE_USED, user=user, address=address)
    record(Kind.SIGNED_IN, user=user, address=address)
    response = redirect(target)
    remember_device(request, response, user.username)
    return response
