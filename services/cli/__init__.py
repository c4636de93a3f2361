"""The command `pilotage`; the only place that knows all rooms."""
