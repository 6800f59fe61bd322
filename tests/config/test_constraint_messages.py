"""A rule of the database that a form of the admin can break is said in words, never by its name."""

import pytest
from django.contrib import admin
from django.db.models.constraints import BaseConstraint
from django.test import RequestFactory

from reviews.models import Review
from tests.admin_client import make_staff


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


@pytest.mark.django_db
def test_every_rule_that_staff_can_break_has_words():
    constraints = [
        constraint
        for model in edited_models()
        for constraint in model._meta.constraints
        if can_be_broken(constraint)
    ]
    default = BaseConstraint.default_violation_error_message

    assert len(constraints) > 20
    assert [
        constraint.name
        for constraint in constraints
        if constraint.violation_error_message == default
    ] == []
