"""What the deployment decides for ingestion: nothing beyond what it decides for every room."""
