"""What an address may ask of any list in the admin, Django's and other people's included."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.admin_client import make_staff, sign_in
from tests.factories import make_tool

pytestmark = pytest.mark.django_db

SITE = admin.site._registry
LISTS = [
    model_admin for model_admin in SITE.values() if type(model_admin).__name__ != "SendingGateAdmin"
]


@pytest.fixture
def operator():
    return sign_in(make_staff(is_superuser=True))


def address_of(model_admin):
    opts = model_admin.model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")


def named(model_admin):
    return model_admin.model._meta.label_lower


@pytest.mark.parametrize("model_admin", LISTS, ids=named)
@pytest.mark.parametrize("lookup", ["regex", "range", "trigram_similar"])
def test_no_list_is_filtered_by_what_it_does_not_offer(operator, model_admin, lookup):
    name = next(field.name for field in model_admin.model._meta.concrete_fields)

    response = operator.get(address_of(model_admin), {f"{name}__{lookup}": "("})

    assert response.status_code == 400


@pytest.mark.parametrize("model_admin", LISTS, ids=named)
def test_every_link_of_a_lists_filters_leads_to_the_list(operator, model_admin):
    address = address_of(model_admin)
    changelist = operator.get(address).context["cl"]

    links = [
        choice["query_string"]
        for spec in changelist.filter_specs
        for choice in spec.choices(changelist)
    ]

    assert {operator.get(address + link).status_code for link in ["", *links]} == {200}


@pytest.mark.parametrize("model_admin", LISTS, ids=named)
def test_a_parameter_that_means_nothing_is_answered_by_the_list(operator, model_admin):
    response = operator.get(address_of(model_admin), {"x": "1"}, follow=True)

    assert response.status_code == 200


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_an_empty_name_of_a_field_counts_as_none(operator, page):
    address = reverse(f"admin:tools_tool_{page}", args=[make_tool().pk])

    assert operator.get(address, {"_to_field": ""}).status_code == 200
