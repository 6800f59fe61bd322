from django.utils import timezone

from tools.models import Category
from web.joined_rows import JoinedRows

WITH_TOOLS = JoinedRows(
    """
    SELECT {category}, counted.tools
    FROM tools_category AS category CROSS JOIN LATERAL (
        SELECT sum(tools) AS tools FROM reviews_listingcount
        WHERE category_id = category.id AND value = '' AND since <= %s
    ) AS counted
    WHERE counted.tools > 0
    ORDER BY category.position, category.name
    """,
    category=Category,
)


def categories_with_tools() -> list[Category]:
    """Return the categories that have published tools, with `tool_count`, from the stored counts; one query."""
    categories = []
    for category, count in WITH_TOOLS.read([timezone.now()]):
        category.tool_count = count
        categories.append(category)
    return categories
