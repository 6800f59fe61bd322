"""Which views answer with a public page: the same bytes for everyone, cached in front of the other middleware."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from web.accepted_form import prefers_markdown
from web.page_validator import Validator
from web.replica import reads_replica

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type PublicView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# Longer than the address of any page: a comparison of four tools has 339 characters.
LONGEST_PATH = 400


@dataclass(frozen=True)
class PublicPage:
    validator: Validator
    params: Sequence[str] = ()
    uncached_params: Sequence[str] = ()
    has_markdown: bool = False
    reads_primary: bool = False

    def is_cached_for(self, request: HttpRequest) -> bool:
        if not request.META.get("QUERY_STRING"):
            return True  # without making an empty request.GET, for nearly every request
        return not any(name in request.GET for name in self.uncached_params)

    def is_markdown(self, request: HttpRequest) -> bool:
        return self.has_markdown and prefers_markdown(request)

    def query(self, request: HttpRequest) -> list[tuple[str, list[str]]]:
        """Return the parameters that the view reads, so that other ones make no other page.

        A page from the cache has none of `uncached_params`.
        """
        if not request.META.get("QUERY_STRING"):
            return []
        names = (*self.params, *self.uncached_params)
        return [(name, request.GET.getlist(name)) for name in names if name in request.GET]


@dataclass(frozen=True)
class FoundView:
    name: str
    view: Callable[..., HttpResponseBase]
    kwargs: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    name: str
    page: PublicPage
    kwargs: Mapping[str, Any]


def public_page[**P](
    validator: Validator,
    *,
    params: Sequence[str] = (),
    uncached_params: Sequence[str] = (),
    has_markdown: bool = False,
    reads_primary: bool = False,
) -> Callable[[View[P]], PublicView[P]]:
    """Declare a view whose page depends only on its URL and on the rows that `validator` reads.

    `params` names the query parameters that the view reads. A page with one of `uncached_params` is made
    for each request and never cached: it has too many values, which would displace other pages.
    A page that `has_markdown` has a second form, which the view makes with `web.markdown_page.render_page`.
    A page that `reads_primary` shows what only the primary has, such as its running transactions.
    `web.page_cache` reads the declaration.
    """

    def decorate(view: View[P]) -> PublicView[P]:
        @require_safe
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        answer.public_page = PublicPage(  # type: ignore[attr-defined]
            validator, params, uncached_params, has_markdown, reads_primary
        )
        return answer if reads_primary else reads_replica(answer)

    return decorate


def find_public_page(path: str) -> Found | None:
    """Return the declaration of the public page at `path` and the arguments of its URL; None without one."""
    found = find_view(path)
    page = getattr(found.view, "public_page", None) if found else None
    return Found(found.name, page, found.kwargs) if found and page else None


def find_view(path: str) -> FoundView | None:
    """Return the view at `path` and the arguments of its URL, as Django will find it; None without one."""
    return _find_view(path, settings.ROOT_URLCONF) if len(path) <= LONGEST_PATH else None


@lru_cache(maxsize=10_000)
def _find_view(path: str, urlconf: str) -> FoundView | None:
    try:
        match = resolve(path, urlconf)
    except Resolver404:
        return None
    return FoundView(match.view_name or "unnamed", match.func, match.kwargs)
