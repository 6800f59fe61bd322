"""Importing the modules of the endpoints declares them."""

from django.urls import path

from api import calibration, catalogue, comparisons, ledger, panel, rankings, rules, votes  # noqa: F401
from api.document import docs, openapi
from api.endpoints import PREFIX, patterns
from api.mcp.endpoint import mcp

urlpatterns = [
    path("mcp/", mcp, name="mcp"),
    # As most clients write it: a redirect would make a GET of their POST.
    path("mcp", mcp, name="mcp_without_slash"),
    path("api/", docs, name="api_docs"),
    path(f"{PREFIX}openapi.json", openapi, name="api_openapi"),
    *patterns(),
]
