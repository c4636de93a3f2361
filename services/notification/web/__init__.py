"""Whom the room serves: the outbox pages and the routes behind them."""
