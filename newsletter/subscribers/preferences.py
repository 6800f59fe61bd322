"""What a subscriber chose to get, and the form that asks for it."""

import uuid
from contextlib import suppress
from dataclasses import dataclass

from django import forms
from django.core import signing

from newsletter.models import Cadence
from tools.models import Category

EVERYTHING, KEPT, HERE = "everything", "kept", "here"


@dataclass(frozen=True)
class Preferences:
    """`categories`: ids, empty for all. `reader`: whose bookmarks alone matter (id), or None."""

    cadence: str
    categories: frozenset[int]
    reader: uuid.UUID | None


def preferences_of(subscriber):
    return Preferences(
        cadence=subscriber.cadence,
        categories=frozenset(subscriber.categories.values_list("pk", flat=True)),
        reader=subscriber.reader_id if subscriber.only_bookmarks else None,
    )


def as_undo(subscriber, preferences):
    """The preferences as a signed value for this subscriber's undo button."""
    reader = preferences.reader and preferences.reader.hex
    value = [preferences.cadence, sorted(preferences.categories), reader]
    return signing.dumps(value, salt=_salt(subscriber))


def read_undo(subscriber, value):
    """The Preferences that `as_undo` made the value of; None for anything else."""
    with suppress(signing.BadSignature):
        cadence, categories, reader = signing.loads(value, salt=_salt(subscriber))
        return Preferences(cadence, frozenset(categories), reader and uuid.UUID(hex=reader))
    return None


class PreferencesForm(forms.Form):
    """How often, about which categories, and whether about bookmarks only.

    Bookmarks are offered as far as there are some: those that were chosen before (`kept`), and those of the
    browser that looks (`here`, a Reader).
    """

    cadence = forms.ChoiceField(choices=Cadence, widget=forms.RadioSelect)
    categories = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    about = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    def __init__(self, data=None, *, subscriber, here=None, bookmarks=0):
        self.subscriber, self.here = subscriber, here
        now = preferences_of(subscriber)
        all_categories = Category.objects.values_list("pk", "slug", "name")
        self.ids = {slug: pk for pk, slug, _ in all_categories}
        initial = {
            "cadence": now.cadence,
            "categories": [slug for slug, pk in self.ids.items() if pk in now.categories],
            "about": KEPT if now.reader else EVERYTHING,
        }
        super().__init__(data, initial=initial)
        self.fields["categories"].choices = [(slug, name) for _, slug, name in all_categories]
        self.fields["about"].choices = _offers(now.reader, here, bookmarks)

    @property
    def preferences(self):
        about = self.cleaned_data["about"]
        readers = {KEPT: self.subscriber.reader_id, HERE: self.here and self.here.pk}
        return Preferences(
            cadence=self.cleaned_data["cadence"],
            categories=frozenset(self.ids[slug] for slug in self.cleaned_data["categories"]),
            reader=readers.get(about),
        )


def _offers(kept, here, bookmarks):
    offers = [(EVERYTHING, "Every tool")]
    if kept:
        offers.append((KEPT, "Only changes to the bookmarks that you chose before"))
    if here and here.pk != kept:
        noun = "bookmark" if bookmarks == 1 else "bookmarks"
        offers.append((HERE, f"Only changes to the {bookmarks} {noun} in this browser"))
    return offers


def _salt(subscriber):
    return f"newsletter.preferences:{subscriber.key.hex}"
