from django import forms

from web.optimistic_locking import VersionedForm, digest


class NoteForm(VersionedForm):
    conflict_subject = "This note"

    text = forms.CharField(required=False)

    def __init__(self, *args, version=1, **kwargs):
        self.version = version
        super().__init__(*args, **kwargs)

    def stored_version(self):
        return [self.version]


CONFLICT = (
    "This note changed after you opened this page, so nothing was saved. What you typed is still here. "
    "Save again to keep yours."
)


def opened(text="Old.", **kwargs):
    """The fields of a page that shows a stored note."""
    form = NoteForm(initial={"text": text}, **kwargs)
    return {"text": text, "version_token": form["version_token"].value()}


def test_a_form_over_the_version_that_the_page_showed_is_valid():
    form = NoteForm(opened() | {"text": "New."}, initial={"text": "Old."})

    assert form.is_valid()
    assert not form.is_unchanged


def test_a_form_over_another_text_is_refused_and_keeps_what_was_typed():
    form = NoteForm(opened() | {"text": "Mine."}, initial={"text": "Theirs."})

    assert form.errors == {"__all__": [CONFLICT]}
    assert form["text"].value() == "Mine."


def test_a_form_over_another_version_of_the_same_text_is_refused():
    form = NoteForm(opened() | {"text": "Mine."}, initial={"text": "Old."}, version=2)

    assert form.errors == {"__all__": [CONFLICT]}


def test_the_refused_form_can_be_sent_again():
    refused = NoteForm(opened() | {"text": "Mine."}, initial={"text": "Theirs."})
    refused.is_valid()
    token = refused["version_token"].value()

    again = NoteForm({"text": "Mine.", "version_token": token}, initial={"text": "Theirs."})

    assert again.is_valid()


def test_fields_that_hold_what_the_page_showed_are_no_conflict():
    form = NoteForm(opened(), initial={"text": "Theirs."}, version=2)

    assert form.is_valid()
    assert form.is_unchanged


def test_a_form_without_a_token_is_refused():
    form = NoteForm({"text": "Mine."}, initial={"text": "Old."})

    assert form.errors == {"__all__": [CONFLICT]}


def test_a_token_that_no_page_had_is_refused():
    for token in ["", ".", "abc", "a.b.c", "é" * 9999]:
        form = NoteForm({"text": "Mine.", "version_token": token}, initial={"text": "Old."})

        assert form.errors == {"__all__": [CONFLICT]}


def test_line_breaks_and_outer_spaces_make_no_other_digest():
    assert digest(["a\r\nb ", None]) == digest(["a\nb", ""])
    assert digest(["a", "b"]) != digest(["ab", ""])
