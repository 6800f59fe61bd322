from django.db.models import Exists, OuterRef

from tools.logo_image import LogoImage
from tools.models import Tool
from web.retention.rules import RowRule, StatedRule, register

register(
    # Cached pages and messages may still show it.
    RowRule(
        name="unused logos",
        what="Images of logos that no tool uses",
        days=30,
        since="after the upload",
        rows=LogoImage.objects.exclude(Exists(Tool.objects.filter(logo=OuterRef("digest")))),
        column="stored_at",
    ),
    StatedRule(
        name="staff notes",
        what="Notes between staff on a tool, with their authors",
        kept="until the tool is deleted",
        where="tools_staffnote",
    ),
)
