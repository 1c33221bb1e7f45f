"""Every PIDF-LO of the collected samples is read as a shape, or refused as civic or empty."""

from __future__ import annotations

from pathlib import Path

from dispatch.interop.pidf_lo import LocationUnreadable, decode_location


def test_every_sample_is_a_shape_or_is_said_to_be_none(test_data: Path) -> None:
    shapes: dict[str, str] = {}
    refused: dict[str, str] = {}
    folder = test_data / "ng911" / "phrsite_ng911lib" / "PidfFiles"
    for path in sorted(folder.glob("*.xml")):
        try:
            shapes[path.stem] = decode_location(path.read_bytes()).shape.kind
        except LocationUnreadable as failure:
            refused[path.stem] = str(failure)
    for name in ("ArcBand", "Ellipse", "Ellipsoid", "Polygon", "PolygonCompact", "Prism"):
        assert shapes[f"RFC5491Tuple{name}Location"] == "polygon"
    for name in ("Circle", "Sphere"):
        assert shapes[f"RFC5491Tuple{name}Location"] == "circle"
    with_confidence = decode_location((folder / "DeviceCircleWithConfidence.xml").read_bytes())
    assert (with_confidence.confidence_pct, with_confidence.method) == (95.0, "802.11")
    empty = {name for name, why in refused.items() if why.startswith("not XML")}
    assert empty == {"XMLFile1", "XMLFile2"}
    old_form = refused.pop("RFC5491TuplePointLocation")
    assert old_form == "its coordinates are of epsg:4326, not WGS 84"
    civic_or_none = ("a civic address alone", "no location in it")
    assert all(why in civic_or_none for name, why in refused.items() if name not in empty)
    assert len(shapes) == 14
