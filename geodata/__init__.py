"""Pure geography: points, shapes, roads, routing, closures on arcs. No database, clock, network."""
