"""Shifts as calendars read them: iCalendar (RFC 5545)."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, vGeo, vUri

from app.base.i18n import gettext as _

ALARMS = (timedelta(days=-1), timedelta(hours=-2))


@dataclass(frozen=True)
class Entry:
    """One shift in a calendar. All instants are UTC, which needs no table of clock changes; `version` grows when the shift is moved.

    Who else comes is nobody's business here.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    about: str
    url: str
    written_at: datetime
    version: int = 0
    cancelled: bool = False
    point: tuple[int, int] | None = None         # micro-degrees north and east


def calendar(name: str, entries: list[Entry]) -> bytes:
    """An iCalendar file; the same entries give the same bytes."""
    file = Calendar()
    file.add("prodid", "-//Ore in Comune//IT")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("x-wr-calname", name)
    file.add("refresh-interval;value=duration", "PT4H")
    for entry in entries:
        file.add_component(_event(entry))
    return file.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.written_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", _("Annullato: %(title)s", title=entry.title) if entry.cancelled else entry.title)
    event.add("location", entry.place)
    event.add("description", entry.about)
    event["url"] = vUri(entry.url)
    event.add("sequence", entry.version + entry.cancelled)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.point:
        event["geo"] = vGeo(tuple(micro / 1e6 for micro in entry.point))
    for before in () if entry.cancelled else ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", before)
        event.add_component(alarm)
    return event
