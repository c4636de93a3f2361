"""Owns messages, attempts and proofs of sending; hears what must be written about; says MessageSent, MessageFailed."""
