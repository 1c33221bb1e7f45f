"""Pure rules of who answers where: boundaries, plans, agreements. No I/O but the pack reader."""
