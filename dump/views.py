from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from dump.published import dump_version, published_dump
from tools.page_versions import SAMPLE, SHARED
from web.page_validator import Validator
from web.public_page import public_page

TYPES = {
    ".gz": "application/gzip",
    ".json": "application/json",
    ".py": "text/x-python; charset=utf-8",
    ".pem": "application/x-pem-file",
    ".sig": "application/octet-stream",
    "": "text/plain; charset=utf-8",
}


def _of_dump(kwargs: Mapping[str, Any]) -> dict[str, object]:
    return {"dump": dump_version()}


DUMP_PAGE = Validator(
    f"SELECT {SAMPLE}, ROW({SHARED}, nullif(%(dump)s::text, ''))::text",
    parameters=_of_dump,
)


@public_page(DUMP_PAGE)
def data(request: HttpRequest) -> HttpResponse:
    if not settings.DATA_DIR:
        raise Http404
    dump = published_dump()
    template = "dump/data.html" if dump else "dump/no_data.html"
    return render(request, template, {"dump": dump, "section": "data"})


def _etag(request: HttpRequest, name: str) -> str | None:
    dump = published_dump()
    return f'"{dump.hashes[name]}"' if dump and name in dump.hashes else None


@require_safe
@condition(etag_func=_etag)
def data_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a file of the dump. nginx sends it itself where it can read DATA_DIR."""
    dump = published_dump()
    if dump is None or name not in dump.hashes:
        raise Http404
    path = dump.folder / name
    response = FileResponse(path.open("rb"), content_type=TYPES[path.suffix])
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response
