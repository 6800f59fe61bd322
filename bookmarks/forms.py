from django import forms

from bookmarks.models import LONGEST_NOTE


class NoteForm(forms.Form):
    note = forms.CharField(required=False)

    def clean_note(self):
        """The note with plain line ends: browsers send two characters where the reader typed one."""
        note = self.cleaned_data["note"].replace("\r\n", "\n")
        if len(note) > LONGEST_NOTE:
            raise forms.ValidationError(
                f"A note has at most {LONGEST_NOTE} characters; this one has {len(note)}. "
                "It is not saved yet: please shorten it."
            )
        return note


class SeenForm(forms.Form):
    until = forms.DateTimeField()
