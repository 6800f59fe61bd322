"""Adding, changing and removing a second factor, by its owner and by an operator; and roles that need one."""

from base64 import b32decode

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import RecoveryCode, SecondFactor, SignInEvent, User
from tests.accounts.sign_in.browser import (
    PASSWORD,
    WRONG,
    add_factor,
    code_of,
    is_in,
    type_code,
    type_password,
)
from tests.admin_client import make_staff, sign_in
from tests.factories import make_tool

pytestmark = pytest.mark.django_db
ADD = "/admin/security/second-factor/"
REMOVE = "/admin/security/second-factor/remove/"
RENEW = "/admin/security/recovery-codes/"
Kind = SignInEvent.Kind


@pytest.fixture
def browser(ed):
    client = Client()
    type_password(client)
    return client


@pytest.fixture
def operator():
    return make_staff(is_superuser=True, username="root")


def kinds():
    return set(SignInEvent.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("page", ["/admin/security/", ADD, REMOVE, RENEW])
def test_a_stranger_is_led_to_the_sign_in_page(client, page):
    assert client.get(page).url == f"/admin/login/?next={page}"
    assert client.post(page).url == f"/admin/login/?next={page}"


def test_the_page_shows_a_qr_code_and_the_secret_as_text(browser):
    answer = browser.get(ADD)

    assert "<svg" in answer.content.decode()
    assert "QR code for your authenticator app" in answer.content.decode()
    assert " style=" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_the_page_shows_the_same_secret_when_it_is_opened_again(browser):
    pages = [browser.get(ADD).context["secret"] for _ in range(2)]

    assert pages[0] == pages[1]
    assert pages[0].replace(" ", "") not in str(dict(browser.session))


def test_a_second_factor_is_added_with_a_code_and_the_password(browser, ed):
    secret, codes = add_factor(ed, browser)

    assert SecondFactor.objects.filter(user=ed).exists()
    assert RecoveryCode.objects.filter(user=ed).count() == 10
    assert Kind.SECOND_FACTOR_ADDED in kinds()
    assert codes[0] not in browser.get("/admin/security/").content.decode()
    assert browser.get(ADD).url == "/admin/security/"
    assert browser.post(ADD, {"code": code_of(secret), "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "code, password", [("000000", PASSWORD), (None, WRONG), ("", ""), ("x", PASSWORD)]
)
def test_nothing_is_added_without_the_code_or_the_password(browser, ed, code, password):
    secret = b32decode(browser.get(ADD).context["secret"].replace(" ", ""))

    answer = browser.post(
        ADD, {"code": code_of(secret) if code is None else code, "password": password}
    )

    assert answer.status_code == 200
    assert "Nothing was changed" in answer.content.decode()
    assert not SecondFactor.objects.exists()


@pytest.mark.parametrize("page", [REMOVE, RENEW])
def test_without_a_factor_there_is_none_to_change(browser, page):
    assert browser.get(page).url == "/admin/security/"
    assert browser.post(page, {"code": "x", "password": PASSWORD}).url == "/admin/security/"


@pytest.mark.parametrize("page", [REMOVE, RENEW])
@pytest.mark.parametrize("is_right_password, is_right_code", [(True, False), (False, True)])
def test_a_change_needs_password_and_code(browser, ed, page, is_right_password, is_right_code):
    secret, _ = add_factor(ed, browser)
    before = set(RecoveryCode.objects.values_list("pk", flat=True))
    fields = {
        "password": PASSWORD if is_right_password else WRONG,
        "code": code_of(secret) if is_right_code else "000000",
    }

    answer = browser.post(page, fields)

    assert answer.status_code == 200
    assert SecondFactor.objects.exists()
    assert set(RecoveryCode.objects.values_list("pk", flat=True)) == before


def test_a_factor_is_removed_with_a_recovery_code_too(browser, ed):
    _, codes = add_factor(ed, browser)

    answer = browser.post(REMOVE, {"password": PASSWORD, "code": codes[0]}, follow=True)

    assert "Second factor removed." in answer.content.decode()
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert Kind.SECOND_FACTOR_REMOVED in kinds()
    assert is_in(browser)


def test_new_recovery_codes_replace_the_old_ones(browser, ed):
    secret, old = add_factor(ed, browser)

    answer = browser.post(RENEW, {"password": PASSWORD, "code": code_of(secret)})

    assert RecoveryCode.objects.count() == 10
    assert old[0] not in answer.content.decode()
    assert Kind.RECOVERY_CODES_RENEWED in kinds()
    again = Client()
    type_password(again)
    type_code(again, old[0])
    assert not is_in(again)


def test_guessing_in_a_session_is_limited(browser, ed):
    add_factor(ed, browser)  # which took one of five
    fields = {"password": PASSWORD, "code": "000000"}

    codes = [browser.post(REMOVE, fields).status_code for _ in range(5)]

    assert codes == [200] * 4 + [429]


def test_the_page_lists_the_last_sign_ins_of_oneself_only(browser, ed, operator):
    SignInEvent.objects.create(kind=Kind.SECOND_FACTOR_RESET, user=operator)

    page = browser.get("/admin/security/").content.decode()

    assert "signed in" in page
    assert "second factor reset" not in page


@pytest.mark.parametrize(
    "roles, is_demanded",
    [
        ([], False),
        (["Publisher"], False),
        (["Editor"], True),
        (["Operator"], False),
        (["Publisher", "Editor"], True),
    ],
)
def test_a_role_may_demand_a_second_factor(ed, settings, roles, is_demanded):
    ed.groups.add(Group.objects.get(name="Editor"))
    settings.SECOND_FACTOR_ROLES = roles
    client = Client()

    type_password(client)

    assert is_in(client) is not is_demanded
    tools = client.get(reverse("admin:tools_tool_changelist"), follow=True)
    assert ("Your role requires a second factor." in tools.content.decode()) is is_demanded


def test_a_superuser_has_the_role_of_an_operator(ed, settings):
    User.objects.update(is_superuser=True)
    settings.SECOND_FACTOR_ROLES = ["Operator"]
    client = Client()
    type_password(client)
    preview = reverse("tool_preview", args=[make_tool(published=False).pk])
    assert not is_in(client)
    assert client.get(preview).status_code == 404

    add_factor(ed, client)

    assert is_in(client)
    assert client.get(preview).status_code == 200


def test_removing_a_demanded_factor_locks_the_admin_until_there_is_another(browser, ed, settings):
    User.objects.update(is_superuser=True)
    settings.SECOND_FACTOR_ROLES = ["Operator"]
    secret, _ = add_factor(ed, browser)

    browser.post(REMOVE, {"password": PASSWORD, "code": code_of(secret)})

    assert not is_in(browser)
    assert browser.get(ADD).status_code == 200


def test_an_operator_resets_somebodys_factor(ed, operator):
    add_factor(ed)
    client = sign_in(operator)
    theirs = Client()
    page = reverse("admin:accounts_user_reset_second_factor", args=[ed.pk])
    assert page in client.get(reverse("admin:accounts_user_change", args=[ed.pk])).content.decode()
    assert client.get(page).status_code == 200
    assert SecondFactor.objects.exists()

    answer = client.post(page, follow=True)

    assert "Second factor of ed removed." in answer.content.decode()
    assert not SecondFactor.objects.exists()
    event = SignInEvent.objects.get(kind=Kind.SECOND_FACTOR_RESET)
    assert (event.user, event.by) == (ed, operator)
    assert LogEntry.objects.get().get_change_message() == "Second factor reset."
    assert "Nothing was changed" in client.post(page, follow=True).content.decode()
    type_password(theirs)
    assert is_in(theirs)


@pytest.mark.parametrize("role", ["Editor", "Publisher"])
def test_nobody_else_resets_a_factor(ed, role):
    add_factor(ed)
    page = reverse("admin:accounts_user_reset_second_factor", args=[ed.pk])

    assert sign_in(make_staff(role)).post(page).status_code == 403
    assert SecondFactor.objects.exists()


def test_operators_do_not_reset_their_own_factor_without_a_code(ed):
    User.objects.update(is_superuser=True)
    client = Client()
    client.force_login(ed)
    add_factor(ed, client)
    page = reverse("admin:accounts_user_reset_second_factor", args=[ed.pk])

    assert client.post(page).url == "/admin/security/"
    assert SecondFactor.objects.exists()


def test_a_command_resets_a_factor_and_ends_the_sessions(ed, capsys):
    client = Client()
    client.force_login(ed)
    add_factor(ed, client)

    call_command("reset_second_factor", "ed")

    assert "Second factor of ed removed." in capsys.readouterr().out
    assert not SecondFactor.objects.exists()
    assert not is_in(client)
    assert Kind.SECOND_FACTOR_RESET in kinds()
    call_command("reset_second_factor", "ed")
    assert "ed has no second factor." in capsys.readouterr().out
    with pytest.raises(CommandError, match="No account is called “pia”"):
        call_command("reset_second_factor", "pia")
