"""Measurements of the whole house and of its parts; `python -m tests.bench` writes docs/benchmarks.md."""
