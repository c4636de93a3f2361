"""Whom ingestion serves: platforms that send files by the API or the page, and read their verdicts."""
