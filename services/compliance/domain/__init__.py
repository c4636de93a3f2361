"""What is true of the network and of what each platform owes: pure calculation."""
