"""How the site rounds what it prints: half up, as readers do it."""


def percent(part, whole):
    """`part` of `whole` in whole percent, rounded half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None
