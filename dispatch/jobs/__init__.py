"""Work apart from the hub's processes. Jobs carry ids only, may run twice, and never write rows."""
