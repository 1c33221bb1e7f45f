"""EIDO documents: ours by the published schema, other people's as calls."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.domain import commands as cmd
from dispatch.domain.call import CallerFix
from dispatch.domain.premise import Hazard
from dispatch.domain.records import LEFT_OUT, news_between
from dispatch.interop.eido import EidoUnreadable, ReceivedEido, decode_eido, encode_eido
from dispatch.interop.pidf_lo import encode_presence
from geodata.shapes import Circle
from tests import factories as make

SAMPLES = {
    "nena_eido-json/Sample_call_transfer_EIDO.json": None,
    "phrsite_eidolib/EidoTestFiles/SampleCallTransferEido.json": None,
    "phrsite_eidolib/EidoTestFiles/EidoWithJcard.json": None,
    "phrsite_eidolib/WebSocketTestFiles/NotifyWithEido.json": "event",
}


@pytest.fixture(scope="module")
def schemas(test_data: Path) -> dict[str, Any]:
    """The component schemas of the published OpenAPI document."""
    path = test_data / "ng911" / "nena_eido-json" / "openapi.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text())["components"]["schemas"]
    return found


def faults(value: Any, schema: dict[str, Any], schemas: dict[str, Any], at: str = "") -> list[str]:
    """What of a value breaks a schema: types, required and unknown names, choices, references."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if not schema["$ref"].startswith("#/components/schemas/"):
            return []
        return faults(value, schemas[name], schemas, at)
    if "allOf" in schema:
        found = [f for part in schema["allOf"] for f in faults(value, part, schemas, at)]
        known = {name for part in schema["allOf"] for name in names(part, schemas)}
        return found + [f"{at}.{name}: unknown" for name in value if name not in known]
    kind = schema.get("type")
    right = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if kind and not isinstance(value, right[kind]):
        return [f"{at}: no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is not one of {schema['enum']}"]
    if isinstance(value, list):
        return [
            f
            for i, one in enumerate(value)
            for f in faults(one, schema["items"], schemas, f"{at}[{i}]")
        ]
    if not isinstance(value, dict):
        return []
    found = [f"{at}.{name}: missing" for name in schema.get("required", ()) if name not in value]
    for name, part in schema.get("properties", {}).items():
        if name in value:
            found += faults(value[name], part, schemas, f"{at}.{name}")
    return found


def names(schema: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return names(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    own = set(schema.get("properties", {}))
    return own | {name for part in schema.get("allOf", ()) for name in names(part, schemas)}


def dangling(document: dict[str, Any]) -> set[str]:
    """References to what the document does not hold."""
    ids: set[str] = set()
    refs: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            ids.update([value["$id"]] if "$id" in value else [])
            refs.update([value["$ref"]] if "$ref" in value else [])
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    walk(document)
    return refs - ids


def ours() -> dict[str, Any]:
    """A call with an incident that has everything a document can carry."""
    world = make.World(make.make_unit("E12"), make.make_unit("E13"))
    world.give(make.take_call())
    world.give(make.take_call("second", incident_id="i2"))
    world.give(make.assign("send", "E12"))
    world.give(
        cmd.MergeIncidents(
            command_id="merge",
            actor=make.DISPATCHER,
            incident_id="i1",
            other_id="i2",
            note_id="n",
        )
    )
    fix = CallerFix(
        at=make.NOON,
        shape=Circle(centre=make.HERE, radius_m=40.0),
        confidence_pct=90,
        source="call",
        by="lines",
    )
    fields = {"command_id": "l", "actor": make.CALL_TAKER, "call_id": "call-cmd-call"}
    world.give(cmd.LocateCaller(**fields, fix=fix))
    hazard = Hazard(note_id="h", level=3, text="Acid store", review_on=make.NOON.date())
    incident = world.board.incidents["i1"].model_copy(
        update={"hazards": (hazard,), "linked": ("i7",)}
    )
    return encode_eido(
        world.board.calls["call-cmd-call"],
        incident,
        world.board.live_of_incident("i1"),
        domain="hub.example",
        name="Two Towns",
        at=make.NOON + timedelta(minutes=2),
        account_id="cato",
    )


def test_what_we_hand_over_keeps_the_published_schema(schemas: dict[str, Any]) -> None:
    document = json.loads(json.dumps(ours()))
    top = schemas["EmergencyIncidentDataObjectType"]
    assert faults(document, top, schemas) == []
    assert dangling(document) == set()
    assert {"incidentComponent", "callComponent", "cautionComponent", "mergeComponent"} <= set(
        document
    )


def test_the_check_itself_finds_what_is_wrong(schemas: dict[str, Any]) -> None:
    document = ours()
    del document["callComponent"][0]["direction"]
    document["callComponent"][0]["colour"] = "red"
    document["mergeComponent"][0]["incidentMergeDirectionCode"] = "SIDEWAYS"
    found = faults(document, schemas["EmergencyIncidentDataObjectType"], schemas)
    assert len(found) == 3, found


def test_a_call_without_an_incident_keeps_it_too(schemas: dict[str, Any]) -> None:
    world = make.World()
    world.give(make.take_call(place=None, advice=None, note=None, callback=None))
    document = encode_eido(
        world.board.calls["call-cmd-call"],
        None,
        (),
        domain="hub.example",
        name="Two Towns",
        at=make.NOON,
        account_id="cato",
    )
    assert faults(document, schemas["EmergencyIncidentDataObjectType"], schemas) == []
    assert decode_eido(document).incident_id.startswith("urn:emergency:uid:incidentid:call-")


@pytest.mark.parametrize("name", SAMPLES)
def test_documents_of_others_are_read(test_data: Path, name: str) -> None:
    document = json.loads((test_data / "ng911" / name).read_text())
    if SAMPLES[name] == "event":
        (document,) = document["event"]["notification"]
    found = decode_eido(document)
    assert found.incident_id == "urn:emergency:uid:incidentid:a56e556d871:bcf.state.pa.us"
    assert (found.sender, found.callback) == ("idx.state.pa.us", "8195551212")
    assert found.said == "42 W Cellular Street, Wilmington"
    assert (found.located, found.location_url[:20]) == (None, "https://lrf.osp.com?")
    assert "From idx.state.pa.us" in found.text


def test_a_later_version_of_the_published_sample_says_what_is_new(test_data: Path) -> None:
    path = test_data / "ng911" / "nena_eido-json" / "Sample_call_transfer_EIDO.json"
    document = json.loads(path.read_text())
    first = decode_eido(document)
    assert first.updated_at is not None
    later = {
        **document,
        "incidentComponent": {"incidentStatusInternalText": ["Cancelled by caller"]},
        "notesComponent": [{"$id": "n9", "notesActionComments": "A second caller"}],
    }
    found = decode_eido(later)
    assert (found.incident_id, found.over) == (first.incident_id, True)
    parts, lines = news_between(first.text, found.text)
    assert parts == ("status", "narrative")
    assert lines[-1] == "A second caller"


def test_a_record_that_is_too_long_keeps_the_latest_of_its_narrative() -> None:
    document = ours()
    document["notesComponent"] = [
        {
            "$id": f"n{k}",
            "lastUpdateTimeStamp": (make.NOON + timedelta(minutes=k)).isoformat(),
            "notesActionComments": f"entry {k} " + "x" * 200,
        }
        for k in reversed(range(60))
    ]
    text = decode_eido(document).text
    assert (LEFT_OUT in text, "entry 59" in text, "entry 3 " in text) == (True, True, False)


def test_what_we_write_is_what_we_read() -> None:
    found = decode_eido(json.loads(json.dumps(ours())))
    assert found.callback == "555-0100".replace("-", "")
    assert found.said == "14 Mill Rd"
    assert found.located is not None
    assert found.located.shape == Circle(centre=make.HERE, radius_m=40.0)
    assert "CAUTION Acid store" in found.text.splitlines()[0]
    assert "Caller's name: Ada Example" in found.text
    assert "E12 Dispatched" in found.text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"$id": ""}, "$id"),
        ({"eidoVersion": "2.0"}, "eidoVersion"),
        ({"eidoVersion": 1}, "eidoVersion"),
        ({"agencyComponent": []}, "agencyComponent"),
        ({"issuingElementIdentification": None}, "issuingElementIdentification"),
    ],
)
def test_what_is_no_eido_is_refused_with_the_place(change: dict[str, Any], why: str) -> None:
    with pytest.raises(EidoUnreadable, match=why.replace("$", r"\$")):
        decode_eido({**ours(), **change})


def test_an_external_entity_is_not_read() -> None:
    document = ours()
    attack = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><presence><RD>&e;</RD></presence>'
    )
    for part in document["locationComponent"]:
        part["locationByValue"] = attack
        part.pop("locationDescriptionText", None)
    found = decode_eido(document)
    assert (found.said, found.located) == ("", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(ours())), JSON, max_size=6), JSON)
def test_whatever_stands_in_it_is_read_or_refused(change: dict[str, Any], other: Any) -> None:
    for document in ({**ours(), **change}, other):
        try:
            found = decode_eido(document)
        except EidoUnreadable:
            continue
        assert isinstance(found, ReceivedEido)
        assert len(found.text) <= 4_000
        if found.located is not None and isinstance(found.located.shape, Circle):
            encode_presence(found.located)
