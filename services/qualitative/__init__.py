"""Will own the annual material; for now hears the registry and the calendar and keeps its reading of them."""
