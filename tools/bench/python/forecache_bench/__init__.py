"""Benchmarks of the Python side beside its peers, in the same run."""
