"""The forms of a page, filled in as a browser fills them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class HtmlForm:
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _FormParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self.open: HtmlForm | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = HtmlForm(values.get("method", "get").lower(), values.get("action", ""))
            self.forms.append(self.open)
        elif self.open is not None:
            self._control(self.open.fields, tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag in {"select", "textarea"}:
            self.select = self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea and self.open is not None:
            self.open.fields[self.textarea] += data

    def _control(self, fields: dict[str, str], tag: str, values: dict[str, str]) -> None:
        name = values.get("name", "")
        if tag in {"input", "button"} and name and _is_sent(values):
            fields[name] = values.get("value", "on")
        elif tag == "textarea" and name:
            fields[name], self.textarea = "", name
        elif tag == "select" and name:
            fields[name], self.select = "", name
        elif tag == "option" and self.select and "selected" in values:
            fields[self.select] = values.get("value", "")


def _is_sent(values: dict[str, str]) -> bool:
    return values.get("type") not in {"checkbox", "radio"} or "checked" in values


def html_forms(html: str) -> list[HtmlForm]:
    parser = _FormParser()
    parser.feed(html)
    return parser.forms
