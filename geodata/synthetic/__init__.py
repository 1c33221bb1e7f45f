"""A made-up county by seed and size, written as a region pack."""

from geodata.synthetic.county import MIN_NODES, CountyCounts, make_county

__all__ = ["MIN_NODES", "CountyCounts", "make_county"]
