"""Staff of every kind, and what a browser would send from the page of a tool."""

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reviews.models import Reviewer


def make_staff(role=None, **fields):
    """A member of staff: "Editor", "Publisher", or None for one without any right."""
    name = fields.pop("username", f"staff-{User.objects.count()}")
    user = User.objects.create(username=name, is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def sign_in(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(tool):
    return reverse("admin:tools_tool_change", args=[tool.pk])


def shown_fields(client, tool):
    """{name: value} of every field of the tool's page as `client` sees it, ready to be sent."""
    context = client.get(page_of(tool)).context
    form = context["adminform"].form
    fields = values_of(form)
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        fields[formset.token_name] = formset.current_token
        fields |= values_of(formset.management_form)
        for row in formset.initial_forms:
            fields |= values_of(row)
    for line in form.scorecard.lines:
        if line.form:
            fields |= values_of(line.form)
        elif line.review and not line.is_hidden:
            token = line.opened["version_token"]
            fields[token.html_name] = token.value()
    return fields


def values_of(form):
    values = {field.html_name: field.value() for field in form}
    return {
        name: "on" if value is True else str(value)
        for name, value in values.items()
        if value is not None and value is not False
    }


def send(client, tool, button="_continue", fields=None, **changes):
    """Change fields of the page (of `fields`, when it was opened earlier) and press a button.

    A field of a reviewer's line is named `<slug>__<field>`.
    """
    fields = dict(fields or shown_fields(client, tool))

    for name, value in changes.items():
        if "__" in name:
            slug, field = name.split("__")
            reviewer = Reviewer.objects.get(slug=slug)
            name = f"review-{reviewer.pk}-{field}"
        fields[name] = value
    return client.post(page_of(tool), fields | {button: "1"})


def told(response):
    """What the page that answers says in messages."""
    return [str(message) for message in response.wsgi_request._messages]
