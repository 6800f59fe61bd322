"""Addresses that last: which slugs there may be, and where an old one leads."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# "vs" divides the slugs of a comparison's address, so it is no word of any slug.
VS_PATTERN = r"(^|-)vs(-|$)"
SLUG_MAX_LENGTH = 80

validate_slug_form = RegexValidator(
    SLUG_PATTERN, "Use lower-case letters a-z, digits and single hyphens between them."
)
validate_slug_without_vs = RegexValidator(
    VS_PATTERN,
    "“vs” cannot be a word of a slug: it divides the tools in a comparison's address.",
    inverse_match=True,
)


def slug_field() -> "models.CharField[str, str]":
    return models.CharField(
        max_length=SLUG_MAX_LENGTH,
        unique=True,
        validators=[validate_slug_form, validate_slug_without_vs],
        help_text="Part of the address. When it changes, the old address leads to the new one.",
    )


def slug_constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(slug__regex=SLUG_PATTERN) & ~Q(slug__regex=VS_PATTERN), name=name
    )


class OldSlug(models.Model):
    """A slug that something had once. Written by a trigger, so that no way of renaming forgets it.

    A trigger also refuses to give an old slug to anything but the row that had it.
    """

    slug = models.CharField(max_length=SLUG_MAX_LENGTH, unique=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.slug


def refuse_old_slug_of_another(
    old_slugs: models.QuerySet[Any], slug: str, owner_id: int | None
) -> None:
    """Raise ValidationError when `slug` once was the address of another row.

    `old_slugs` is the queryset of old slugs with the owner's id annotated as `owner_id`.
    """
    if old_slugs.filter(slug=slug).exclude(owner_id=owner_id).exists():
        raise ValidationError({"slug": f"“{slug}” is an old address of something else."})
