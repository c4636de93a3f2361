"""What the deployment decides for compliance: nothing beyond what it decides for every room."""
