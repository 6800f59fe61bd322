from dump.catalog_tables import CATEGORIES, FACT_KINDS, FACTS, LEDGER, REVIEWERS, REVIEWS, TOOLS
from dump.comparison_table import COMPARISONS
from dump.figure_tables import (
    AGREEMENT,
    INTERVENTIONS,
    LENIENCY,
    PANEL,
    RANKS,
    REASONS,
    TALLIES,
    VOTE_DAYS,
)

TABLES = [
    CATEGORIES,
    FACT_KINDS,
    REVIEWERS,
    TOOLS,
    FACTS,
    REVIEWS,
    PANEL,
    LENIENCY,
    AGREEMENT,
    LEDGER,
    REASONS,
    TALLIES,
    VOTE_DAYS,
    INTERVENTIONS,
    RANKS,
    COMPARISONS,
]
