"""Verbs by noun: each loads policy, builds one command and hands it to the writer. None commits."""
