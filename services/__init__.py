"""The five rooms and the command that runs them."""
