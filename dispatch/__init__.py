"""The dispatch hub. ``README.md`` beside this file follows one call through it."""
