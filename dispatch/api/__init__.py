"""The hub's edge: routes, schemas, sessions, permissions, problem documents. No rule lives here."""
