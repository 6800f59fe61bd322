from django import forms

from bookmarks.models import LONGEST_NOTE


class NoteForm(forms.Form):
    note = forms.CharField(required=False)

    def clean_note(self) -> str:
        """The note with plain line ends: browsers send two characters for each."""
        note = self.cleaned_data["note"].replace("\r\n", "\n")
        if len(note) > LONGEST_NOTE:
            raise forms.ValidationError(
                f"This note has {len(note)} characters, and {LONGEST_NOTE} is the most. "
                "Shorten it and save it again."
            )
        return note


class SeenForm(forms.Form):
    until = forms.DateTimeField()
