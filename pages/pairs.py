"""The canonical address of a comparison: slugs in alphabetical order."""

from django.urls import reverse


def comparison_address(*slugs):
    return reverse("comparison", args=["-vs-".join(sorted(slugs))])
