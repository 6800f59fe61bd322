"""The longest text that a field of Markdown holds: what a page costs grows with it."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual


def length_constraint(field: str, most: int, name: str) -> models.CheckConstraint:
    """Return the rule that the text `field` has at most `most` characters; Django checks it in forms only."""
    return models.CheckConstraint(
        condition=LessThanOrEqual(Length(field), most),
        name=name,
        violation_error_message=f"The {field.replace('_', ' ')} has more than {most:,} characters.",
    )
