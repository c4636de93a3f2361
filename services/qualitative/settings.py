"""What the deployment decides for qualitative: nothing beyond what it decides for every room."""
