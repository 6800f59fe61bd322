"""The page of a member of staff in the admin."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.admin_client import make_staff
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


def test_dates_of_an_account_are_read_with_their_time_zone(admin_client):
    ada = make_staff(date_joined=datetime(2026, 3, 2, 15, 4, tzinfo=UTC))

    page = admin_client.get(reverse("admin:accounts_user_change", args=[ada.pk]))

    assert "2 Mar 2026, 15:04 UTC" in words(page)
    assert "date_joined" not in page.context["adminform"].form.fields
