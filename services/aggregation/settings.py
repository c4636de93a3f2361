"""What the deployment decides for aggregation: nothing beyond what it decides for every room."""
