"""An incident as an Emergency Incident Data Object (NENA-STA-021, JSON, version 1.0), out and in.

Out it carries a call with its incident: caller and place as PIDF-LO, type, narrative, cautions,
units. In, it is read for what a call-taker needs; what cannot be read is said, never guessed, and
no reference is followed. It fetches nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from dispatch.domain.assignment import Assignment, AssignmentStatus
from dispatch.domain.call import LINES_MOST, Call
from dispatch.domain.incident import Incident, Note, Place
from dispatch.domain.records import CAUTION, LEFT_OUT, is_over
from dispatch.domain.values import Discipline
from dispatch.interop.pidf_lo import (
    Located,
    LocationUnreadable,
    decode_location,
    encode_presence,
)
from geodata.lonlat import LonLat, distance_m
from geodata.shapes import Circle, Point, Shape

VERSION: Final = "1.0"
CONTEXT: Final = {"@vocab": "./JSON-LD_Contexts/EmergencyIncidentDataObjectType.jsonld"}
INCIDENT_URN: Final = "urn:emergency:uid:incidentid"
CALL_URN: Final = "urn:emergency:uid:callid"
CALLER: Final = "Caller"
INCIDENT: Final = "IncidentLocation"

TEXT_MOST: Final = LINES_MOST
"""Letters of what was received, as a call-taker reads it."""
COMPONENTS_MOST: Final = 500
NOTES_MOST: Final = 300
NOTES_MOST_BYTES: Final = 100_000
"""Of the narrative that goes out: a record that grows without end is one day refused, and from then
on nothing more is told."""
NOTE_BYTES: Final = 450
"""Of one entry, beside its text."""
_WORDS_MOST: Final = 200

_STATUS: Final[dict[AssignmentStatus, str]] = {
    "dispatched": "Dispatched",
    "enroute": "EnRoute",
    "staged": "Staged",
    "on_scene": "OnScene",
    "transporting": "Transporting",
    "at_hospital": "AtDestination",
    "cleared": "Available",
}
_SEVERITY: Final = {1: "low", 2: "normal", 3: "highest"}
_CIVIC: Final = ("HNO", "HNS", "PRD", "POM", "STP", "RD", "STS", "POD", "LOC", "UNIT", "FLR")
_TAG: Final = re.compile(r"<[^>]{0,500}>")


class EidoUnreadable(Exception):
    """The document is no EIDO that can be taken for a call; the message says why and where."""


class ReceivedEido(NamedTuple):
    """What an EIDO says, as far as a call needs it.

    ``said`` are the words of the incident's place; ``located`` is where the caller's device is, a
    thing apart. ``text`` is all of it in lines, for a person to read. ``updated_at`` is when the
    sender last changed it; None where it says no time that can be read. ``over``: by the words for
    its status the incident is done there.
    """

    incident_id: str
    sender: str
    updated_at: datetime | None
    callback: str
    said: str
    located: Located | None
    location_url: str
    text: str
    over: bool


def encode_eido(
    call: Call,
    incident: Incident | None,
    assignments: Sequence[Assignment],
    *,
    domain: str,
    name: str,
    at: datetime,
    account_id: str,
    ref: str = "",
) -> dict[str, Any]:
    """The record of a call and of its incident, as another centre reads it.

    Args:
        call: With its personal values: another centre needs them as we do.
        incident: That it speaks of, if any.
        assignments: Live ones of the incident.
        domain: Of this hub, in every identifier.
        name: Of the region.
        at: The present.
        account_id: Who hands it over.
        ref: By what the incident is known: an id of this hub, or the whole identifier that another
            centre gave it; empty: the incident's id, or the call's where there is none.
    """
    encoding = _Encoding(domain, name, at, account_id)
    return encoding.document(call, incident, assignments, ref)


class _Encoding:
    """One document being written: each component once, references by ``$id``."""

    def __init__(self, domain: str, name: str, at: datetime, account_id: str) -> None:
        self._domain, self._name, self._at = domain, name, at
        self._agent = f"{account_id}@{domain}"
        self._parts: dict[str, list[dict[str, Any]]] = {}

    def document(
        self,
        call: Call,
        incident: Incident | None,
        assignments: Sequence[Assignment],
        ref: str,
    ) -> dict[str, Any]:
        self._agency(self._domain, ["CallReceiving", "Dispatching"], ["psap"])
        self._add_agent(self._agent, self._domain, "Call Taking")
        subject = ref or (incident.id if incident else call.id)
        tracked = ":" in subject  # another centre's identifier goes on unchanged
        tracking_id = subject if tracked else f"{INCIDENT_URN}:{subject}:{self._domain}"
        document = self._prologue(tracking_id, self._at)
        document |= {
            "eidoVersion": VERSION,
            "issuingElementIdentification": self._domain,
        }
        self._call(call)
        if incident is not None:
            document["incidentComponent"] = self._incident(incident)
            self._units(incident, assignments)
            for merged in incident.merged:
                other = f"{INCIDENT_URN}:{merged.incident_id}:{self._domain}"
                self._add(
                    "mergeComponent",
                    f"merge.{merged.incident_id}",
                    merged.at,
                    incidentTrackingIdentifier=other,
                    incidentMergeDirectionCode="REPLACING",
                )
            for linked in incident.linked:
                self._add(
                    "linkComponent",
                    f"link.{linked}",
                    self._at,
                    incidentTrackingIdentifier=f"{INCIDENT_URN}:{linked}:{self._domain}",
                    linkDirectionCode="RELATED",
                )
        return {**document, **self._parts, "@context": CONTEXT}

    def _prologue(self, component_id: str, at: datetime) -> dict[str, Any]:
        return {
            "$id": component_id,
            "lastUpdateTimeStamp": at.isoformat(),
            "updatedByAgencyReference": {"$ref": self._domain},
            "updatedByAgentReference": {"$ref": self._agent},
        }

    def _add(self, kind: str, local_id: str, at: datetime, **fields: Any) -> dict[str, str]:
        """A component under an id of this hub; the reference to it."""
        component_id = local_id if self._domain in local_id else f"{local_id}.{self._domain}"
        given = {name: value for name, value in fields.items() if value not in (None, "", [])}
        self._parts.setdefault(kind, []).append({**self._prologue(component_id, at), **given})
        return {"$ref": component_id}

    def _agency(self, agency_id: str, roles: list[str], types: list[str]) -> dict[str, str]:
        return self._add(
            "agencyComponent",
            agency_id,
            self._at,
            agencyRoleDescriptionRegistryText=roles,
            agencyType=types,
        )

    def _add_agent(self, agent_id: str, agency_id: str, role: str) -> dict[str, str]:
        return self._add(
            "agentComponent",
            agent_id,
            self._at,
            agentRoleRegistryText=[role],
            agencyReference={"$ref": agency_id},
        )

    def _note(self, note_id: str, at: datetime, text: str) -> dict[str, str]:
        return self._add("notesComponent", note_id, at, notesActionComments=html.escape(text))

    def _call(self, call: Call) -> None:
        call_id = f"{CALL_URN}:{call.id}:{self._domain}"
        back = None
        number = re.sub(r"[^0-9+*#]", "", call.callback or "")
        if number:
            uris = [f"tel:{number}"]
            back = self._add(
                "callbackComponent",
                f"callback.{call.id}",
                call.received_at,
                callBackInformationUri=uris,
            )
        named = f"Caller's name: {call.caller_name}" if call.caller_name else ""
        person = self._add(
            "personComponent",
            f"caller.{call.id}",
            call.received_at,
            personIncidentRoleRegistryText=["Caller"],
            callIdentifier=[call_id],
            callBackReference=back,
            notesReference=[self._note(f"name.{call.id}", call.received_at, named)]
            if named
            else [],
        )
        notes = [
            self._note(line.id, line.at, f"{line.direction}: {line.text}")
            for line in call.transcript
            if line.text
        ]
        if call.note:
            notes.insert(0, self._note(f"note.{call.id}", call.received_at, call.note))
        if call.form and (place := call.form.place):
            words = _place_words(place)
            notes.insert(0, self._note(f"place.{call.id}", call.received_at, f"Taken as: {words}"))
        if call.said:
            notes.insert(0, self._note(f"said.{call.id}", call.received_at, f"Said: {call.said}"))
        places = []
        fix = next((fix for fix in reversed(call.fixes) if fix.shape is not None), None)
        if fix is not None and fix.shape is not None:
            located = Located(
                _drawable(fix.shape),
                fix.confidence_pct,
                fix.method,
                fix.class_of_service,
                fix.measured_at or fix.at,
            )
            places.append(
                self._add(
                    "locationComponent",
                    f"caller-location.{call.id}",
                    fix.at,
                    locationTypeDescriptionRegistryText=CALLER,
                    locationByValue=encode_presence(located).decode(),
                )
            )
        self._add(
            "callComponent",
            call_id,
            call.answered_at or call.received_at,
            standardPrimaryCallType="emergency",
            direction="incoming",
            callStartTimestamp=call.received_at.isoformat(),
            answerDate=call.answered_at.isoformat() if call.answered_at else None,
            callStateRegistryText="callAnswered" if call.answered_at else "callBegin",
            callBackReference=back,
            agentReference=[{"$ref": self._agent}],
            locationReference=places,
            personReference=[person],
            notesReference=notes,
        )

    def _incident(self, incident: Incident) -> dict[str, Any]:
        place = incident.place
        words = _place_words(place)
        at = incident.notes[-1].at if incident.notes else incident.created_at
        cautions = [
            self._add(
                "cautionComponent",
                f"caution.{hazard.note_id}",
                incident.created_at,
                cautionTypeInternalText=hazard.text,
                cautionTypeCommonRegistryText="Other",
                cautionSeverity=_SEVERITY[hazard.level],
                cautionSource=self._domain,
            )
            for hazard in incident.hazards
        ]
        kept = _latest(incident.notes)
        notes = [self._note(note.id, note.at, note.text) for note in kept]
        if len(kept) < len(incident.notes):
            cut = self._note(f"left-out.{incident.id}", incident.created_at, LEFT_OUT)
            notes.insert(0, cut)
        notes += [
            self._note(f"part.{incident.id}.{leg.discipline}", incident.created_at, own)
            for leg in incident.legs
            if (own := _own_words(incident, leg.discipline))
        ]
        if cautions:
            listed = self._note(f"cautions.{incident.id}", at, "Cautions for crews")
            self._parts["notesComponent"][-1]["cautionReference"] = cautions
            notes.append(listed)
        spot = self._add(
            "locationComponent",
            f"place.{incident.id}",
            incident.created_at,
            locationTypeDescriptionRegistryText=INCIDENT,
            locationByValue=encode_presence(Located(_drawable(place.shape))).decode(),
            locationDescriptionText=words,
        )
        return {
            **self._prologue(f"incident.{incident.id}.{self._domain}", at),
            "incidentTypeCommonRegistryText": incident.type_label,
            "incidentTypeInternalCode": incident.incident_type,
            "incidentTypeInternalText": incident.type_label,
            "incidentStatusInternalText": [incident.state],
            "internalIncidentId": incident.number,
            "incidentPriorityInternalText": str(incident.priority),
            "incidentCommonPriorityNumber": incident.priority,
            "locationReference": [spot],
            "notesReference": notes,
        }

    def _units(self, incident: Incident, assignments: Sequence[Assignment]) -> None:
        agencies: dict[str, list[dict[str, str]]] = {}
        for one in assignments:
            agency = f"{one.agency_id}.{self._domain}"
            if one.agency_id not in agencies:
                self._agency(one.agency_id, ["Responding"], [one.discipline])
            agent = self._add_agent(f"{one.unit_id}@{one.agency_id}", agency, "Responding")
            unit = self._add(
                "emergencyResourceComponent",
                f"unit.{one.unit_id}",
                one.status_at,
                emergencyResourceTypeCommonRegistryText="Other",
                emergencyResourceName=one.unit_id,
                primaryUnitStatusRegistryText=_STATUS[one.status],
                unitStatusInternal=[one.code],
                agentReference=[agent],
            )
            # Required even where this hub has nothing to say in them.
            resource = self._parts["emergencyResourceComponent"][-1]
            resource |= {"resourceAttributeRegistryText": [], "secondaryUnitStatusRegistryText": []}
            agencies.setdefault(one.agency_id, []).append(unit)
        for agency_id, units in agencies.items():
            self._add(
                "dispatchComponent",
                f"dispatch.{agency_id}.{incident.id}",
                self._at,
                agencyReference={"$ref": f"{agency_id}.{self._domain}"},
                emergencyResourceReference=units,
            )


def _place_words(place: Place) -> str:
    parts = (
        place.address,
        f"at {place.cross_street}" if place.cross_street else "",
        place.municipality or "",
        "" if place.verified else "(unverified)",
    )
    return ", ".join(part for part in parts if part)


def _own_words(incident: Incident, discipline: Discipline) -> str:
    """What a part is that has a type or priority of its own, for which the record has no place."""
    own = incident.asked_of(discipline)
    if own == incident.asked_of(None):
        return ""
    return f"{discipline.upper()} goes by {own.type_label}, priority {own.priority}"


def _drawable(shape: Shape) -> Shape:
    """A point or circle; a polygon becomes the circle about its corners."""
    if isinstance(shape, Point | Circle):
        return shape
    lons, lats = zip(*shape.ring, strict=True)
    centre = LonLat((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
    reach = max(distance_m(centre, LonLat(*corner)) for corner in shape.ring)
    return Circle(centre=centre, radius_m=max(reach, 1.0))


def decode_eido(document: Any) -> ReceivedEido:
    """What another centre says of a call.

    Args:
        document: The JSON value of one EIDO of version 1.

    Raises:
        EidoUnreadable: It is none, or it lacks what the schema requires; the message says where.
    """
    if not isinstance(document, dict):
        raise EidoUnreadable("it is no JSON object")
    for name in ("$id", "eidoVersion", "issuingElementIdentification"):
        if not isinstance(document.get(name), str) or not document[name].strip():
            raise EidoUnreadable(f"{name}: it is missing, or no text")
    if not document["eidoVersion"].strip().startswith("1"):
        raise EidoUnreadable(f"eidoVersion: {document['eidoVersion'][:20]!r} is not 1.0")
    if not _listed(document, "agencyComponent"):
        raise EidoUnreadable("agencyComponent: it is missing or empty")
    reading = _Reading(document)
    return reading.call()


class _Reading:
    """One document being read. Whatever is odd in a part is left out, with its words kept."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._by_id = {
            str(part["$id"]): part
            for value in document.values()
            if isinstance(value, list)
            for part in value[:COMPONENTS_MOST]
            if isinstance(part, dict) and isinstance(part.get("$id"), str)
        }

    def call(self) -> ReceivedEido:
        document = self._document
        sender = _words(document["issuingElementIdentification"])
        incident = document.get("incidentComponent")
        incident = incident if isinstance(incident, dict) else {}
        calls = _listed(document, "callComponent")
        own = {str(ref) for ref in _refs(incident, "locationReference")}
        said, located, url = "", None, ""
        for part in _listed(document, "locationComponent"):
            kind = _words(part.get("locationTypeDescriptionRegistryText"))
            of_incident = part.get("$id") in own or kind.lower().startswith("incident")
            words = self._place_words(part)
            if of_incident or (not said and words):
                said = words or said
            if of_incident:
                continue
            url = url or _words(part.get("locationByReferenceUrl"))
            found = _located(part)
            if found is not None and (located is None or kind == CALLER):
                located = found
        callback = self._callback()
        text = self._text(sender, incident, calls, said, callback)
        return ReceivedEido(
            incident_id=document["$id"].strip()[:_WORDS_MOST],
            sender=sender,
            updated_at=_instant(document.get("lastUpdateTimeStamp")),
            callback=callback,
            said=said[:_WORDS_MOST],
            located=located,
            location_url=url,
            text=text,
            over=is_over(self._status(incident)),
        )

    def _place_words(self, part: Mapping[str, Any]) -> str:
        described = _words(part.get("locationDescriptionText"))
        return described or _civic_words(part.get("locationByValue"))

    def _callback(self) -> str:
        for part in _listed(self._document, "callbackComponent"):
            uris = part.get("callBackInformationUri")
            for uri in uris if isinstance(uris, list) else ():
                scheme, _, rest = _words(uri).partition(":")
                number = rest.partition("@")[0].partition(";")[0]
                if scheme.lower() in ("tel", "sip", "sips") and re.search(r"[0-9]{3}", number):
                    return re.sub(r"[^0-9+*#-]", "", number)[:40]
        return ""

    def _text(
        self,
        sender: str,
        incident: Mapping[str, Any],
        calls: Sequence[Mapping[str, Any]],
        said: str,
        callback: str,
    ) -> str:
        kind = _words(
            incident.get("incidentTypeInternalText")
            or incident.get("incidentTypeCommonRegistryText")
        )
        priority = _words(
            incident.get("incidentPriorityInternalText")
            or incident.get("incidentCommonPriorityNumber")
        )
        number = _words(incident.get("internalIncidentId"))
        started = _words(calls[0].get("callStartTimestamp")) if calls else ""
        cautions = [
            f"{CAUTION}{_words(part.get('cautionTypeInternalText'))}"
            for part in _listed(self._document, "cautionComponent")
        ]
        units = [
            f"{_words(part.get('emergencyResourceName'))} "
            f"{_words(part.get('primaryUnitStatusRegistryText'))}"
            for part in _listed(self._document, "emergencyResourceComponent")
        ]
        status = self._status(incident)
        head = [
            *cautions,
            f"From {sender}" + (f", their number {number}" if number else ""),
            f"Type: {kind}" if kind else "",
            f"Their priority: {priority}" if priority else "",
            f"Place: {said}" if said else "",
            f"Callback: {callback}" if callback else "",
            f"They answered it: {started}" if started else "",
            f"Their status: {status}" if status else "",
            f"Their units: {', '.join(units)}" if units else "",
        ]
        return _fitting([line for line in head if line.strip()], self._notes())

    def _status(self, incident: Mapping[str, Any]) -> str:
        names = ("incidentStatusInternalText", "incidentStatusCommonRegistryText")
        words = (_words(value) for name in names for value in _values(incident.get(name)))
        return ", ".join(dict.fromkeys(word for word in words if word))[:_WORDS_MOST]

    def _notes(self) -> list[str]:
        """The narrative, oldest first; what bears no time that can be read stays in front."""
        dated = [
            (_instant(part.get("lastUpdateTimeStamp")), _plain(part.get("notesActionComments")))
            for part in _listed(self._document, "notesComponent")
        ]
        dated.sort(key=lambda entry: entry[0].timestamp() if entry[0] else 0.0)
        return [words for _, words in dated if words]


def _latest(notes: Sequence[Note]) -> Sequence[Note]:
    """The latest entries of a long narrative, as many as other centres take in one record."""
    left = NOTES_MOST_BYTES
    for number, note in enumerate(reversed(notes)):
        if number == NOTES_MOST:
            return notes[-NOTES_MOST:]
        left -= NOTE_BYTES + len(html.escape(note.text).encode())
        if left < 0:
            return notes[len(notes) - number :]
    return notes


def _fitting(head: list[str], notes: list[str]) -> str:
    """All of it, or the head with the latest of the narrative."""
    text = "\n".join([*head, *notes])
    if len(text) <= TEXT_MOST:
        return text
    top = "\n".join([*head, LEFT_OUT])[: TEXT_MOST - 1_000]
    left = TEXT_MOST - len(top)
    kept: list[str] = []
    for note in reversed(notes):
        left -= len(note) + 1
        if left < 0:
            break
        kept.insert(0, note)
    return "\n".join([top, *kept])


def _instant(value: Any) -> datetime | None:
    """An ISO 8601 instant with its offset; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _values(value: Any) -> list[Any]:
    return value[:COMPONENTS_MOST] if isinstance(value, list) else [value]


def _listed(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = document.get(name)
    parts = value if isinstance(value, list) else []
    return [part for part in parts[:COMPONENTS_MOST] if isinstance(part, dict)]


def _refs(part: Mapping[str, Any], name: str) -> Iterable[object]:
    value = part.get(name)
    listed = value if isinstance(value, list) else [value]
    return [one["$ref"] for one in listed if isinstance(one, dict) and "$ref" in one]


def _words(value: Any) -> str:
    """One line of text; empty for what is neither text nor number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).split())[:_WORDS_MOST]


def _plain(value: Any) -> str:
    """HTML as plain words."""
    text = html.unescape(_TAG.sub(" ", value)) if isinstance(value, str) else ""
    return " ".join(text.split())[:1_000]


def _located(part: Mapping[str, Any]) -> Located | None:
    value = part.get("locationByValue")
    if not isinstance(value, str):
        return None
    try:
        return decode_location(value.encode())
    except (LocationUnreadable, UnicodeEncodeError):
        return None


def _civic_words(value: Any) -> str:
    """A civic address (RFC 5139) as a caller would say it; empty where there is none."""
    if not isinstance(value, str):
        return ""
    try:
        root = ElementTree.fromstring(value.encode())
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return ""
    found = {_local(element): " ".join((element.text or "").split()) for element in root.iter()}
    street = " ".join(found[name] for name in _CIVIC if found.get(name))
    town = found.get("A3") or found.get("A4") or found.get("A2") or ""
    return ", ".join(part for part in (street, town) if part)[:_WORDS_MOST]


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
