from django.db import models
from django.urls import reverse

from tools.slugs import OldSlug, WithSlug, refuse_old_slug_of_another, slug_constraints, slug_field
from tools.text_length import length_constraint


class Category(WithSlug):
    """A kind of tools. A tool has exactly one.

    Triggers: `category_slug_is_no_old_one`, `category_old_slug_is_kept`, `category_touches_catalog`.
    """

    name = models.CharField(
        max_length=60, error_messages={"unique": "Another category has this name."}
    )
    slug = slug_field()
    description = models.TextField(
        max_length=2000, blank=True, help_text="Markdown. Which tools belong in this category."
    )
    position = models.PositiveSmallIntegerField(default=0)

    # Of `pages.categories.categories_with_tools`.
    tool_count: int

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"
        constraints = [
            *slug_constraints("category"),
            models.UniqueConstraint(fields=["name"], name="one_category_per_name"),
            length_constraint("description", 2000, "category_description_has_a_length"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("category_detail", args=[self.slug])

    def clean(self) -> None:
        refuse_old_slug_of_another(self, OldCategorySlug, owner="category")


class OldCategorySlug(OldSlug):
    category = models.ForeignKey(Category, models.CASCADE, related_name="old_slugs")


class CatalogVersion(models.Model):
    """Counters that triggers increase, from which the validators of pages are made.

    Without a category: what many tools share (categories, fact kinds, reviewers, reasons). With one: the rows
    of its tools, but not their tallies. Each version is the sum of its rows: a transaction increases one that
    no other transaction has locked, or adds one, so that writers never wait for each other.
    """

    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+")
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.category or 'shared'}: {self.number}"
