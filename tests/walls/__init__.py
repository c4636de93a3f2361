"""Walls: platforms, members and the admin, at every route and at the SFTP door; whatever is another's is not there."""
