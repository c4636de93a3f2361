"""What the room remembers: versions with their lines, partial group totals, editions; SQL where it is clearer."""
