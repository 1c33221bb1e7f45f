"""People and crews that use the hub as real ones do: by its public API and its stream alone.

Demo, replay, faults, load and training play through this package; it never touches the database.
"""
