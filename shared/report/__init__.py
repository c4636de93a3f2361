"""Documents that the system issues: one model, and one renderer for each form in which it is read."""

from shared.report.model import Cell, Column, Document, Kind, Row, RowStyle, Table

__all__ = ["Cell", "Column", "Document", "Kind", "Row", "RowStyle", "Table"]
