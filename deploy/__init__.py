"""Ways to put the system to work: embedded on one machine, in containers, on a cluster."""
