from django.db import models


class PanelWord(models.TextChoices):
    """What the panel says of a tool: the codes that the change log and the panel share."""

    SHIP = "ship", "Ship"
    SKIP = "skip", "Skip"
    SPLIT = "split", "Split"
    NONE = "none", "Not reviewed yet"
