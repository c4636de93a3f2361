"""Where a member or a Plate-forme stands: beside its own past, its groups, and the whole network; exact."""
