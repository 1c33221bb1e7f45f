"""How messages leave the hub: one adapter for each kind of receiver, behind one interface."""
