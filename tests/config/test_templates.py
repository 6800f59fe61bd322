import pytest
from django.conf import settings
from django.template import engines
from django.template.base import VariableNode

TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR))
)
def test_no_line_is_longer_than_120_characters(template):
    lines = enumerate(template.read_text().splitlines(), start=1)

    assert [number for number, line in lines if len(line) > 120] == []


MARKDOWN = [
    str(path.relative_to(settings.BASE_DIR / "templates"))
    for path in TEMPLATES
    if path.suffix == ".md"
]
# Of web/templatetags/markdown_text.py.
ESCAPING = {"md", "md_quote", "md_date", "md_time", "md_url", "md_page"}


@pytest.mark.parametrize("name", MARKDOWN)
def test_every_value_in_markdown_is_escaped(name):
    template = engines["django"].engine.get_template(name)
    values = [node.filter_expression for node in template.nodelist.get_nodes_by_type(VariableNode)]

    last = {str(value): value.filters[-1][0].__name__ if value.filters else "" for value in values}
    assert {value: name for value, name in last.items() if name not in ESCAPING} == {}
