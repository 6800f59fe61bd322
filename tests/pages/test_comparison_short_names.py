import pytest

from comparisons.short_names import short_name, short_names
from tools.models import Tool


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Claude 4 API: Tool Use", "Claude 4 API"),
        ("Llama 4 Compact (12B)", "Llama 4 Compact"),
        ("Ada – the one", "Ada"),
        ("(x)", "(x)"),
        ("Aider", "Aider"),
    ],
)
def test_a_short_name_ends_where_the_explanation_begins(name, short):
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("通义千问 (Qwen)", "Qwen"),
        ("علّام (ALLaM)", "ALLaM"),
        ("علّام (ALLaM): Arabic first", "ALLaM"),
        ("Яндекс – Éclair", "Éclair"),
        ("Яндекс (поиск)", "Яндекс"),
        ("通义千问 3 (12)", "通义千问 3"),
    ],
)
def test_a_short_name_keeps_the_part_in_latin_script(name, short):
    assert short_name(name) == short


def test_names_that_would_become_the_same_stay_whole():
    names = ["Cody (Free)", "Cody (Pro)"]

    assert short_names([Tool(name=name) for name in names]) == names
