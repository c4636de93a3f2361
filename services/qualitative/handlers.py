"""What qualitative does when it hears: so far only to keep its reading (`shared.readings`)."""
