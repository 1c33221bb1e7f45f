"""Elements of XML by their local names, whatever their namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element  # the type alone: defusedxml reads


def local_name(element: Element) -> str:
    """Its name without the namespace."""
    return element.tag.rpartition("}")[2]


def all_named(element: Element, name: str) -> Iterator[Element]:
    """Those of this name in it, itself included, in the document's order."""
    return (found for found in element.iter() if local_name(found) == name)


def text_of(element: Element, name: str) -> str:
    """The text of the first of this name, stripped; empty where there is none."""
    found = next(all_named(element, name), None)
    return (found.text or "").strip() if found is not None else ""
