from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tools.models import Category


def categories_with_tools() -> QuerySet[Category]:
    """Return the categories that have published tools, with `tool_count`."""
    published = Q(tools__published_at__lte=timezone.now())
    counted = Category.objects.annotate(tool_count=Count("tools", filter=published))
    return counted.filter(tool_count__gt=0).order_by("position", "name")
