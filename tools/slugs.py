"""Permanent addresses: which slugs are allowed, and where an old one redirects."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# "vs" separates the slugs in the address of a comparison, so no slug contains it as a word.
VS_PATTERN = r"(^|-)vs(-|$)"
SLUG_MAX_LENGTH = 80

validate_slug_form = RegexValidator(
    SLUG_PATTERN, "Use lower-case letters (a-z) and digits, with single hyphens between words."
)
validate_slug_without_vs = RegexValidator(
    VS_PATTERN,
    "Do not use “vs” as a word in a slug: it separates the tools in the address of a comparison.",
    inverse_match=True,
)


def slug_field() -> "models.CharField[str, str]":
    return models.CharField(
        max_length=SLUG_MAX_LENGTH,
        validators=[validate_slug_form, validate_slug_without_vs],
        help_text="Part of the address. If you change it, the old address redirects to the new one.",
    )


def slug_constraints(model: str) -> list[models.BaseConstraint]:
    return [
        # For a unique field of texts Django also makes an index for LIKE; for a constraint it does not.
        models.UniqueConstraint(fields=["slug"], name=f"one_{model}_per_slug"),
        models.CheckConstraint(
            condition=Q(slug__regex=SLUG_PATTERN) & ~Q(slug__regex=VS_PATTERN),
            name=f"{model}_slug_is_an_address",
            violation_error_message=(
                "A slug has lower-case letters (a-z), digits and single hyphens, and does not contain “vs” as a word."
            ),
        ),
    ]


class WithSlug(models.Model):
    """A row with a unique slug. The error about a slug in use names the row that has it."""

    slug: "models.CharField[str, str]"

    class Meta:
        abstract = True

    def unique_error_message(
        self, model_class: type[models.Model], unique_check: Any
    ) -> ValidationError:
        if tuple(unique_check) != ("slug",):
            return super().unique_error_message(model_class, unique_check)
        owner = model_class._default_manager.get(slug=self.slug)
        return ValidationError(f"Slug already used by {owner}.", code="unique")


class OldSlug(models.Model):
    """A former slug of a row. Written by a trigger, so that every way of renaming records it.

    A trigger also refuses to give an old slug to anything but the row that had it.
    """

    slug = models.CharField(max_length=SLUG_MAX_LENGTH)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["slug"], name="one_%(class)s_per_slug")]

    def __str__(self) -> str:
        return self.slug


def refuse_old_slug_of_another(row: WithSlug, old_slugs: type[OldSlug], *, owner: str) -> None:
    """Raise ValidationError if the slug of `row` is an old slug of another one.

    `owner` names the foreign key of `old_slugs`.
    """
    taken = old_slugs._default_manager.select_related(owner).filter(slug=row.slug)
    if old := taken.exclude(**{owner: row.pk}).first():
        message = f"“{row.slug}” still redirects to {getattr(old, owner)}."
        raise ValidationError({"slug": message})


def find_by_any_slug[Row: models.Model](rows: models.QuerySet[Row], slug: str) -> Row | None:
    """Return the row that has `slug`, in any case, or had it once; None if there is none."""
    slug = slug.lower()
    return rows.filter(slug=slug).first() or rows.filter(old_slugs__slug=slug).first()
