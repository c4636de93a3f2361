"""What others rely upon: the descriptions of routes and events, and how those checked in are kept true."""
