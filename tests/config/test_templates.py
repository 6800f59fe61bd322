import pytest
from django.conf import settings

TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR))
)
def test_no_line_is_longer_than_120_characters(template):
    lines = enumerate(template.read_text().splitlines(), start=1)

    assert [number for number, line in lines if len(line) > 120] == []
