"""Level 1 tables recomputed from the kept files alone, by code that shares nothing with what computed them first.

Purpose: to convict a wrong total. Nothing here imports ingestion's parser, aggregation's totals, or what both read of
the forms, the network and the régions; an import contract says so.
"""

from services.cli.recomputation.attachments import told_apart
from services.cli.recomputation.differences import Difference, differences
from services.cli.recomputation.reading import UnreadableKeptFile
from services.cli.recomputation.totals import Cell, Figures, KeptFile, Tables, recompute, recompute_with_assumed

__all__ = [
    "Cell",
    "Difference",
    "Figures",
    "KeptFile",
    "Tables",
    "UnreadableKeptFile",
    "differences",
    "recompute",
    "recompute_with_assumed",
    "told_apart",
]
