"""What pages print of the readers' votes: the one place that changes when readers can vote."""

NO_VOTES = "No community votes yet"


def community_figure(tool):
    """The share of readers who would ship `tool`, in words, or None while there are no votes."""
    return


def community_words(tool):
    return community_figure(tool) or NO_VOTES
