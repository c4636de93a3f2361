"""What the room remembers: standing and superseded lines, partial group totals, editions; SQL where it is clearer."""
