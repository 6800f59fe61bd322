"""Members of staff, and what a browser sends from the page of a tool."""

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reviews.models import Reviewer


def make_staff(role=None, **fields):
    """Create a member of staff: "Editor", "Publisher", or None for one without permissions."""
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


def page_fields(client, tool):
    """Return {name: value} of every field of the tool's page as `client` sees it, ready to be sent."""
    context = client.get(page_of(tool)).context
    form = context["adminform"].form
    fields = form_values(form)
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        fields[formset.token_name] = formset.current_token
        fields |= form_values(formset.management_form)
        for row in formset.initial_forms:
            fields |= form_values(row)
    for line in form.scorecard.lines:
        if line.form:
            fields |= form_values(line.form)
        elif line.review and not line.is_hidden:
            token = line.opened["version_token"]
            fields[token.html_name] = token.value()
    return fields


def form_values(form):
    values = {field.html_name: field.value() for field in form}
    return {
        name: "on" if value is True else str(value)
        for name, value in values.items()
        if value is not None and value is not False
    }


def send(client, tool, button="_continue", fields=None, **changes):
    """Change fields of the page and press a button. `fields` are those of a page that was opened earlier.

    A field of a reviewer's line is named `<slug>__<field>`.
    """
    fields = dict(fields or page_fields(client, tool))

    for name, value in changes.items():
        if "__" in name:
            slug, field = name.split("__")
            reviewer = Reviewer.objects.get(slug=slug)
            name = f"review-{reviewer.pk}-{field}"
        fields[name] = value
    return client.post(page_of(tool), {button: "1"} | fields)


def messages_of(response):
    return [str(message) for message in response.wsgi_request._messages]
