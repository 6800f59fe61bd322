"""What pages print of the readers' votes: the one place that changes when readers can vote."""

NO_VOTES = "No community votes yet"


def community_words(tool):
    """What readers say of `tool`."""
    return NO_VOTES
