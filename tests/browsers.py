"""How a browser sends a form."""

from typing import Any

from django.conf import settings
from django.test import Client


class OwnOriginClient(Client):
    """Sends with each request the origin of this site, as a browser does with a form of its pages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(headers={"origin": settings.SITE_URL}, **options)
