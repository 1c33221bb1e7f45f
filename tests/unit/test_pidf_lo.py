"""Callers' locations as HELD and PIDF-LO: written and read back, and bad ones refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dispatch.interop.pidf_lo import (
    Located,
    LocationUnreadable,
    decode_location,
    device_uri_of,
    encode_error,
    encode_request,
    encode_response,
)
from geodata.lonlat import LonLat, distance_m
from geodata.shapes import Circle, Point, Polygon

POS = "<gml:pos>47 9</gml:pos>"
HERE = LonLat(-75.301234, 40.105678)


def presence(shape: str, more: str = "", holder: str = "tuple") -> bytes:
    return f"""<presence xmlns="urn:ietf:params:xml:ns:pidf"
      xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gml="http://www.opengis.net/gml"
      xmlns:gs="http://www.opengis.net/pidflo/1.0" entity="pres:x@example.com">
      <{holder} id="a"><status><gp:geopriv><gp:location-info>{shape}</gp:location-info>
      </gp:geopriv></status>{more}</{holder}></presence>""".encode()


def test_what_is_written_is_read_back() -> None:
    located = Located(
        Circle(centre=HERE, radius_m=55.5),
        confidence_pct=90.0,
        method="A-GNSS",
        class_of_service="WPH2",
        measured_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
    )
    assert decode_location(encode_response(located)) == located
    assert decode_location(encode_response(Located(Point(at=HERE)))) == Located(Point(at=HERE))


def test_a_request_names_the_device_or_nobody() -> None:
    assert device_uri_of(encode_request("tel:+15550100")) == "tel:+15550100"
    assert device_uri_of(encode_request(None)) is None
    assert device_uri_of(b"not xml") is None


def test_an_ellipse_becomes_a_polygon_along_its_axes() -> None:
    drawn = presence(
        """<gs:Ellipse srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>40.105678 -75.301234</gml:pos>
        <gs:semiMajorAxis>1000</gs:semiMajorAxis><gs:semiMinorAxis>400</gs:semiMinorAxis>
        <gs:orientation uom="urn:ogc:def:uom:EPSG::9102">90</gs:orientation></gs:Ellipse>"""
    )
    shape = decode_location(drawn).shape
    assert isinstance(shape, Polygon)
    away_m = [distance_m(HERE, LonLat(*corner)) for corner in shape.ring]
    assert (round(max(away_m)), round(min(away_m))) == (1000, 400)
    assert shape.ring[0][0] > HERE.lon
    assert shape.ring[0][1] == pytest.approx(HERE.lat, abs=1e-4)


def test_the_device_goes_before_the_person() -> None:
    at = "<gml:Point><gml:pos>{} 9.5</gml:pos></gml:Point>".format
    inner = presence(at(47.0), holder="person").decode().partition("<person")[2].rpartition("</pr")
    both = (
        presence(at(48.0), holder="device")
        .decode()
        .replace("</presence>", f"<person{inner[0]}</presence>")
    )
    assert decode_location(both.encode()).shape == Point(at=LonLat(9.5, 48.0))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"<presence", "not XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><presence>&a;</presence>', "not XML"),
        (encode_error("locationUnknown", "no such device"), "locationUnknown no such device"),
        (presence(""), "no location"),
        (presence("<civicAddress/>"), "civic address alone"),
        (presence("<gml:Point><gml:pos>91 9</gml:pos></gml:Point>"), "off the earth"),
        (presence("<gml:Point><gml:pos>nan 9</gml:pos></gml:Point>"), "not finite"),
        (presence('<gml:Point srsName="EPSG:2272"><gml:pos>1 2</gml:pos></gml:Point>'), "EPSG"),
        (presence("<gs:Circle><gml:pos>47 9</gml:pos></gs:Circle>"), "no radius"),
        (presence(f"<gs:Circle>{POS}<gs:radius uom='ft'>3</gs:radius></gs:Circle>"), "in metres"),
        (presence("<gml:Polygon><gml:pos>47 9</gml:pos></gml:Polygon>"), "Polygon"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(document: bytes, why: str) -> None:
    with pytest.raises(LocationUnreadable, match=why):
        decode_location(document)
