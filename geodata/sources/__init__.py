"""Readers of roads and shapes from files: the only part of ``geodata`` that opens any."""
