"""The hostile requests to one URL pattern, chosen by a seed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit

from tests.security.crawl.hostile_values import BODIES, HEADERS, HOSTILE, METHODS, RAW
from tests.security.crawl.html_forms import HtmlForm
from tests.security.crawl.parameters import ALWAYS, admin_of, initial_values, list_parameters
from tests.security.crawl.wsgi_client import FORM, CrawlRequest
from tests.security.url_patterns import SitePattern


@dataclass
class Hostile:
    pattern: SitePattern
    values: dict[str, str]  # what fills the gaps of the pattern, quoted
    visitor: str
    random: Random
    share: float = 1.0  # of the usual number of requests

    @property
    def path(self) -> str:
        return self.pattern.path(self.values, is_quoted=False)

    def some[T](self, choices: Iterable[T], count: int) -> list[T]:
        listed = list(choices)
        return self.random.sample(listed, min(len(listed), max(1, round(count * self.share))))

    def request(self, method: str = "GET", path: str = "", **parts: object) -> CrawlRequest:
        return CrawlRequest(self.visitor, method, path or self.path, **parts)  # type: ignore[arg-type]

    def in_the_path(self) -> Iterator[CrawlRequest]:
        for name in self.pattern.parameters:
            texts = [quote(value, safe="") for value in self.some(HOSTILE, 8)]
            for value in [*texts, *self.some(RAW, 3)]:
                path = self.pattern.path(self.values | {name: value or "%20"}, is_quoted=False)
                yield self.request(self.random.choice(["GET", "GET", "POST"]), path)

    def in_the_query(self, names: Iterable[str]) -> Iterator[CrawlRequest]:
        for name in sorted({*names, *ALWAYS}):
            for value in self.some(HOSTILE, 2):
                yield self.request(query=f"{quote_plus(name)}={quote_plus(value)}")
            yield self.request(query=f"{quote_plus(name)}={self.random.choice(RAW)}")
        for name in self.some(sorted({*names, *ALWAYS}), 2):
            first, second = (quote_plus(value) for value in self.random.choices(HOSTILE, k=2))
            yield self.request(query=f"{name}={first}&{name}={second}&{name}[a]=1&{name}[]=")
        yield self.request(query="&".join(f"a{number}=1" for number in range(1500)))

    def in_a_list_of_the_admin(self) -> Iterator[CrawlRequest]:
        model_admin = admin_of(self.pattern.callback)
        if model_admin is None:
            return
        is_form = self.pattern.name.endswith("_add")
        names = initial_values(model_admin) if is_form else list_parameters(model_admin)
        for name in self.some(sorted(set(names)), 30):
            yield self.request(
                query=f"{quote_plus(name)}={quote_plus(self.random.choice(HOSTILE))}"
            )

    def by_method(self) -> Iterator[CrawlRequest]:
        for method in self.some(METHODS, 6):
            yield self.request(method)

    def by_header(self) -> Iterator[CrawlRequest]:
        for headers in self.some(HEADERS, 8):
            yield self.request(self.random.choice(["GET", "POST"]), headers=headers)

    def by_body(self) -> Iterator[CrawlRequest]:
        for content_type, body in self.some(BODIES, 5):
            yield self.request("POST", content_type=content_type, body=body)

    def in_a_form(self, form: HtmlForm) -> Iterator[CrawlRequest]:
        path = urlsplit(urljoin(self.path, form.action)).path
        yield self._post(path, form.fields)
        for name in self.some(sorted(form.fields), 8):
            for value in self.some(HOSTILE, 2):
                yield self._post(path, form.fields | {name: value})
            yield self._post(path, {key: form.fields[key] for key in form.fields if key != name})
            yield self._post(path, form.fields, f"&{quote_plus(name)}=%FF&{quote_plus(name)}=2")

    def in_unknown_fields(self, names: Iterable[str]) -> Iterator[CrawlRequest]:
        """POST what the view looked up, without having shown a form."""
        for name in self.some(sorted(names), 6):
            for value in self.some(HOSTILE, 2):
                yield self._post(self.path, {name: value})

    def _post(self, path: str, fields: dict[str, str], more: str = "") -> CrawlRequest:
        body = urlencode(fields, errors="surrogatepass") + more
        return self.request("POST", path, body=body.encode(), content_type=FORM)
