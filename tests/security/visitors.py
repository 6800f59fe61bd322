"""A browser for each kind of visitor: a stranger, a reader with a cookie, staff of each role."""

from django.test import Client

from tests.bookmarks.readers import sign_in as with_cookie
from tests.browsers import OwnOriginClient
from tests.security.site_data import ROLES, SiteData

VISITORS = ["stranger", "reader", *ROLES, "superuser"]


def client_of(visitor: str, site_data: SiteData) -> Client:
    client = OwnOriginClient()
    if visitor in site_data.staff:
        client.force_login(site_data.staff[visitor])
    elif visitor == "reader":
        with_cookie(client, site_data.reader)
    return client


def cookies_of(visitor: str, site_data: SiteData) -> dict[str, str]:
    cookies = client_of(visitor, site_data).cookies
    return {name: morsel.value for name, morsel in cookies.items()}
