"""The rows that all tools share: categories, kinds of facts and the panel."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from pages.management.scale.words import Words
from reviews.models import Reviewer
from tools.models import Category, FactKind, FactValue

CATEGORIES = """
    Coding assistants|Code review|Chat models|Open models|Agents|Agent frameworks|Evaluation|Observability|Prompts
    Vector databases|Search|Retrieval|Embeddings|Gateways|Inference|Training|Data labelling|Speech to text
    Text to speech|Translation|Image generation|Video generation|Design|Writing|Meetings|Customer support|Analytics
    Documents|Research|Security
"""
# Readers can filter by these.
FILTERS = {"Licence", "Source code available", "Self-hosting", "Single sign-on"}
# name, group, type, unit, better
FACT_KINDS = [
    ("Licence", "Licence and access", "text", "", ""),
    ("Source code available", "Licence and access", "boolean", "", ""),
    ("Self-hosting", "Licence and access", "boolean", "", ""),
    ("Single sign-on", "Licence and access", "boolean", "", ""),
    ("Platforms", "Runs on", "text", "", ""),
    ("Minimum GPU memory", "Runs on", "number", "GB", "lower"),
    ("Context window", "Model", "number", "tokens", "higher"),
    ("Input price", "Cost", "number", "USD per million", "lower"),
    ("Official SDK languages", "Interfaces", "text", "", ""),
    ("First release", "Background", "text", "", ""),
]
TEXTS = {
    "Licence": ["Apache-2.0", "MIT", "AGPL-3.0", "Proprietary", "Business Source Licence 1.1"],
    "Platforms": ["Web", "Terminal on Linux and macOS", "Web, Windows, macOS", "Linux", "iOS, Android"],
    "Official SDK languages": ["Python", "Python, TypeScript", "Python, Go, Java", "TypeScript"],
    "First release": ["2021", "2022", "2023", "2024", "2025"],
}  # fmt: skip
NUMBERS = {
    "Minimum GPU memory": ["8", "16", "24", "48", "80"],
    "Context window": ["8192", "32768", "128000", "200000", "1000000"],
    "Input price": ["0.15", "0.8", "1.25", "3", "15"],
}
VALUES: dict[str, Callable[[Random, str], FactValue]] = {
    "text": lambda random, name: random.choice(TEXTS[name]),
    "number": lambda random, name: Decimal(random.choice(NUMBERS[name])),
    "boolean": lambda random, name: random.random() < 0.5,
}
PANEL = ["Ada Marsh", "Ben Okafor", "Chiara Ricci", "Dev Anand", "Elin Berg"]


def make_categories(words: Words) -> list[Category]:
    names = [name.strip() for line in CATEGORIES.split("\n") for name in line.split("|")]
    return Category.objects.bulk_create(
        Category(name=name, slug=slug(name), position=n, description=words.sentences(2))
        for n, name in enumerate(filter(None, names))
    )


def make_fact_kinds() -> list[FactKind]:
    return FactKind.objects.bulk_create(
        FactKind(
            name=name,
            slug=slug(name),
            group=group,
            value_type=value_type,
            unit=unit,
            better=better,
            is_filter=name in FILTERS,
            position=n,
        )
        for n, (name, group, value_type, unit, better) in enumerate(FACT_KINDS)
    )


def make_reviewers(words: Words) -> list[Reviewer]:
    return Reviewer.objects.bulk_create(
        Reviewer(
            name=name,
            slug=slug(name),
            motto=words.sentences(1)[:140],
            bio=words.sentences(4),
            excited_about=words.sentences(1),
            tired_of=words.sentences(1),
            position=n,
            kind=Reviewer.Kind.AI_ASSISTED if n % 2 else Reviewer.Kind.HUMAN,
        )
        for n, name in enumerate(PANEL)
    )


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")
