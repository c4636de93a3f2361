"""Documents that the system issues: one model, and one renderer for each form in which it is read."""

from shared.report.model import NOT_APPLICABLE, Cell, Chart, Column, Document, DrawnDocument, Kind, Row, RowStyle, Table

__all__ = ["NOT_APPLICABLE", "Cell", "Chart", "Column", "Document", "DrawnDocument", "Kind", "Row", "RowStyle", "Table"]
