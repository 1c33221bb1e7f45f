"""Pure rules of who answers where: municipalities, boundaries, plans, agreements. No I/O but the pack reader."""
