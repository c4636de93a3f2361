"""What the room does about what it hears, and the loop that sends."""
