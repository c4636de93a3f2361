"""What compliance does when it hears and when a day begins: one function per effect."""
