from django.db.models import QuerySet, Sum
from django.utils import timezone

from tools.models import Category


def categories_with_tools() -> QuerySet[Category]:
    """Return the categories that have published tools, with `tool_count`, from the stored counts."""
    counted = Category.objects.filter(listed__since__lte=timezone.now())
    with_count = counted.annotate(tool_count=Sum("listed__tools"))
    return with_count.filter(tool_count__gt=0).order_by("position", "name")
