"""Others who fold the same topic, written by us from their public interfaces: what ours is compared with."""
