"""What at least two rooms use, and no rule of the trade."""
