"""Platforms on this machine: each behaves as its documents say, and fails as it is told."""
