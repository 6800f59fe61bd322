from tools.logo_image import LogoImage
from tools.models.category import CatalogVersion, Category, OldCategorySlug
from tools.models.fact import Fact, FactKind, FactPackage, FactQuerySet, FactValue, value_columns
from tools.models.ledger_entry import LedgerEntry, LedgerEntryQuerySet
from tools.models.search_synonym import Folded, SearchSynonym
from tools.models.staff_note import StaffNote, StaffNoteQuerySet
from tools.models.tool import OldToolSlug, Tool, ToolQuerySet

__all__ = [
    "CatalogVersion",
    "Category",
    "Fact",
    "FactKind",
    "FactPackage",
    "FactQuerySet",
    "FactValue",
    "Folded",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "LogoImage",
    "OldCategorySlug",
    "OldToolSlug",
    "SearchSynonym",
    "StaffNote",
    "StaffNoteQuerySet",
    "Tool",
    "ToolQuerySet",
    "value_columns",
]
