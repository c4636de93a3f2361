"""The pages as people meet them: a real Chromium, a real house, a small network."""
