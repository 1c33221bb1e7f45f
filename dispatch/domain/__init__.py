"""Pure rules of dispatch: values, commands, events, ``decide``, ``apply``. No I/O at all."""
