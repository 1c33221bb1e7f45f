"""Pure rules of dispatch: values, commands, events, ``decide`` and ``apply``. No I/O of any kind."""
