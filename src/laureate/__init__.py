"""Laureate: the self-hosted platform for open innovation."""

__version__ = "0.1.0"
