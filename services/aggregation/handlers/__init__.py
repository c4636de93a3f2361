"""What the room hears: one function per event, named by its effect."""
