from django.db import models
from django.utils import timezone

# Width and height in pixels. Pages show a logo at 44 and 64 CSS pixels, on screens of up to 3 and 4 times that.
SIZES = (96, 192)


class LogoImage(models.Model):
    """One size of a logo, as `tools.logos` encoded it. `digest` names the logo by its content.

    Rows are never changed: another logo has another digest, so that a browser may cache an image for ever.
    """

    digest = models.CharField(max_length=32)
    size = models.PositiveSmallIntegerField()
    content = models.BinaryField(help_text="WebP, lossless.")
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "size"], name="one_logo_image_per_size"),
            models.CheckConstraint(
                condition=models.Q(size__in=SIZES), name="logo_image_has_a_known_size"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest}, {self.size} px"
