"""A rule of the database that a form of the admin can break is said in words, never by its name."""

import pytest
from django.contrib import admin
from django.db.models import Field
from django.db.models.constraints import BaseConstraint
from django.test import RequestFactory

from reviews.models import Review
from tests.admin_client import make_staff
from tools.slugs import WithSlug


def edited_models():
    """The models whose rows staff add or change by a form; reviews by that of their tool."""
    request = RequestFactory().get("/")
    request.user = make_staff(is_superuser=True)
    return {Review} | {
        model
        for model, model_admin in admin.site._registry.items()
        if model.__module__.split(".")[0] in {"accounts", "newsletter", "reviews", "tools", "votes"}
        and (model_admin.has_add_permission(request) or model_admin.has_change_permission(request))
    }


def can_be_broken(constraint):
    """Not by a form, where the constraint is only what a foreign key points at."""
    return "id" not in getattr(constraint, "fields", ())


def has_words(model, constraint):
    """A key of one field may have the words of the field; those of a slug are made by `WithSlug`."""
    if constraint.violation_error_message != BaseConstraint.default_violation_error_message:
        return True
    fields = getattr(constraint, "fields", ())
    if len(fields) != 1 or constraint.condition:
        return False
    if fields == ("slug",):
        return issubclass(model, WithSlug)
    words = model._meta.get_field(fields[0]).error_messages["unique"]
    return words != Field.default_error_messages["unique"]


@pytest.mark.django_db
def test_every_rule_that_staff_can_break_has_words():
    constraints = [
        (model, constraint)
        for model in edited_models()
        for constraint in model._meta.constraints
        if can_be_broken(constraint)
    ]

    assert len(constraints) > 20
    assert [
        constraint.name for model, constraint in constraints if not has_words(model, constraint)
    ] == []
