"""What compliance remembers, and the changes made to it by whoever is asked: registry, arrivals, accounts, days."""
