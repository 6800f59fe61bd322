"""A subscriber's preferences and their form."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import ngettext

from accounts.models import Reader
from newsletter.models import Cadence, Subscriber
from tools.models import Category

EVERYTHING, SAVED_BOOKMARKS, BROWSER_BOOKMARKS = "everything", "saved", "browser"


@dataclass(frozen=True)
class Preferences:
    """`categories`: ids, empty for all. `reader`: id, to get only changes to that reader's bookmarks."""

    cadence: str
    categories: frozenset[int]
    reader: uuid.UUID | None


def preferences_of(subscriber: Subscriber) -> Preferences:
    return Preferences(
        cadence=subscriber.cadence,
        categories=frozenset(subscriber.categories.values_list("pk", flat=True)),
        reader=subscriber.reader_id if subscriber.only_bookmarks else None,
    )


def undo_value(subscriber: Subscriber, preferences: Preferences) -> str:
    """Return the preferences as a signed value for this subscriber's undo button."""
    reader = preferences.reader and preferences.reader.hex
    value = [preferences.cadence, sorted(preferences.categories), reader]
    return signing.dumps(value, salt=_salt(subscriber))


def read_undo_value(subscriber: Subscriber, value: str) -> Preferences | None:
    """Return the preferences in a value made by `undo_value`; None for anything else."""
    with suppress(signing.BadSignature):
        cadence, categories, reader = signing.loads(value, salt=_salt(subscriber))
        return Preferences(cadence, frozenset(categories), reader and uuid.UUID(hex=reader))
    return None


class PreferencesForm(forms.Form):
    """How often, which categories, and whether only bookmarks.

    The form offers the bookmarks chosen before, and the `bookmarks` (a count) of `browser_reader`, the
    Reader of the current browser.
    """

    cadence = forms.ChoiceField(choices=Cadence, widget=forms.RadioSelect)
    categories = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    about = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        subscriber: Subscriber,
        browser_reader: Reader | None = None,
        bookmarks: int = 0,
    ) -> None:
        self.subscriber, self.browser_reader = subscriber, browser_reader
        current = preferences_of(subscriber)
        all_categories = Category.objects.values_list("pk", "slug", "name")
        self.ids = {slug: pk for pk, slug, _ in all_categories}
        initial = {
            "cadence": current.cadence,
            "categories": [slug for slug, pk in self.ids.items() if pk in current.categories],
            "about": SAVED_BOOKMARKS if current.reader else EVERYTHING,
        }
        super().__init__(data, initial=initial)
        categories = cast(forms.MultipleChoiceField, self.fields["categories"])
        categories.choices = [(slug, name) for _, slug, name in all_categories]
        about = cast(forms.ChoiceField, self.fields["about"])
        about.choices = _about_choices(current.reader, browser_reader, bookmarks)

    @property
    def preferences(self) -> Preferences:
        about = self.cleaned_data["about"]
        readers = {
            SAVED_BOOKMARKS: self.subscriber.reader_id,
            BROWSER_BOOKMARKS: self.browser_reader.pk if self.browser_reader else None,
        }
        return Preferences(
            cadence=self.cleaned_data["cadence"],
            categories=frozenset(self.ids[slug] for slug in self.cleaned_data["categories"]),
            reader=readers.get(about),
        )


def _about_choices(
    saved_reader: uuid.UUID | None, browser_reader: Reader | None, bookmarks: int
) -> list[tuple[str, str]]:
    choices = [(EVERYTHING, "All tools")]
    if saved_reader:
        choices.append((SAVED_BOOKMARKS, "Only changes to the bookmarks you chose before"))
    if browser_reader and browser_reader.pk != saved_reader:
        label = ngettext(
            "Only changes to the %(count)d bookmark in this browser",
            "Only changes to the %(count)d bookmarks in this browser",
            bookmarks,
        )
        choices.append((BROWSER_BOOKMARKS, label % {"count": bookmarks}))
    return choices


def _salt(subscriber: Subscriber) -> str:
    return f"newsletter.preferences:{subscriber.key.hex}"
