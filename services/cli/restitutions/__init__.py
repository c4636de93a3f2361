"""Issues made again from what was said, and the totals built again beside those in use."""
