from dump.catalog_tables import CATEGORIES, FACT_KINDS, FACTS, LEDGER, REVIEWERS, REVIEWS, TOOLS
from dump.comparison_table import COMPARISONS
from dump.figure_tables import (
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
    LEDGER,
    REASONS,
    TALLIES,
    VOTE_DAYS,
    INTERVENTIONS,
    RANKS,
    COMPARISONS,
]
