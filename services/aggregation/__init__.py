"""Owns running totals and editions of tables; hears submissions, registry, calendar; says `RestitutionIssued`."""
