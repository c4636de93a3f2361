"""A second reader and judge of files, made from the page of the format alone: it shares no code with ingestion."""
