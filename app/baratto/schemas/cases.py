"""The file of a worked case: a regulation, validated sessions, a tax bill, and what should come out."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields

from app.base.errors import Refusal
from app.base.localtime import instant
from app.base.words import N_
from app.baratto.rules import LimitedBy, Position, Reason, Session, Settlement, Terms, Used, settle
from app.baratto.schemas.files import (
    WORDS,
    Day,
    Moment,
    Strict,
    WrongFile,
    listed,
    load,
    nested,
    one_of,
    read_yaml,
    text,
    whole,
    yes_no,
)

_MINUTES = 10 ** 7      # nineteen years; more is a slip of the finger


class _Regulation(fields.Field):
    """The `regulation:` block, judged by Terms itself."""

    default_error_messages = WORDS

    def _deserialize(self, value, attr, data, **kwargs) -> Terms:
        if not isinstance(value, Mapping):
            raise ValidationError("Qui servono voci con un nome.")
        try:
            return Terms.from_mapping(value)
        except Refusal as no:
            raise ValidationError({no.field: [str(no)]}) from no


class _Zone(fields.Field):
    default_error_messages = {**WORDS, "invalid": "Questo fuso orario non esiste. In Italia è Europe/Rome."}

    def _deserialize(self, value, attr, data, **kwargs) -> ZoneInfo:
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, OSError, TypeError, AttributeError):
            raise self.make_error("invalid") from None


class _SessionSchema(Strict):
    person = text(required=True)
    start, end = Moment(), Moment()
    fold, end_fold = one_of(0, 1), one_of(0, 1)
    break_min = whole(high=_MINUTES)
    date = Day()
    minutes = whole(high=_MINUTES)


class _PositionSchema(Strict):
    tax = text(required=True)
    year = whole(1900, 2200, required=True)
    instalment = whole()
    due = Day(required=True)
    component = text()
    amount_cents = whole(required=True)
    paid_cents = whole()
    bonus_cents = whole()


class _UsedSchema(Strict):
    person_minutes = whole()
    person_cents = whole()
    household_cents = whole()


class _LineSchema(Strict):
    tax = text()
    year = whole()
    instalment = whole()
    component = text()
    amount_cents = whole()


class _ExpectSchema(Strict):
    """Any subset of the output, under the names that the output has."""

    admitted = yes_no()
    reason = one_of(*map(str, Reason), allow_none=True)
    worked_minutes = whole()
    creditable_minutes = whole()
    value_cents = whole()
    offsettable_cents = whole()
    offset_cents = whole()
    limited_by = one_of(*map(str, LimitedBy), allow_none=True)
    lines = listed(nested(_LineSchema))
    residual_cents = whole()
    payable_cents = whole()
    needed_minutes = whole(allow_none=True)
    surplus_minutes = whole()
    minutes_used = whole()


class _SettlementSchema(Strict):
    kind = one_of("settlement", required=True)
    title = text()
    regulation = _Regulation(load_default=Terms)
    year = whole(1900, 2200, required=True)
    timezone = _Zone(load_default=lambda: ZoneInfo("Europe/Rome"))
    sessions = listed(nested(_SessionSchema), load_default=list)
    positions = listed(nested(_PositionSchema), load_default=list)
    already_used = nested(_UsedSchema, load_default=None, allow_none=True)
    budget_left_cents = whole(load_default=None, allow_none=True)
    expect = nested(_ExpectSchema, load_default=None, allow_none=True)


@dataclass(frozen=True, kw_only=True)
class SettlementCase:
    """One worked case, ready to compute. `expect` is None where the file only asks."""

    title: str
    terms: Terms
    year: int
    zone: ZoneInfo
    sessions: list[Session]
    positions: list[Position]
    used: Used = field(default_factory=Used)
    budget_left: int | None = None
    expect: dict[str, Any] | None = None

    def settled(self) -> Settlement:
        """The settlement of this case; WrongFile where the sessions contradict each other."""
        try:
            return settle(self.terms, year=self.year, sessions=self.sessions, positions=self.positions, used=self.used,
                          budget_left=self.budget_left, zone=self.zone)
        except Refusal as no:
            raise WrongFile({no.field or "file": str(no)}) from no


def read_case(content: bytes | str) -> SettlementCase:
    """The case in a YAML file; WrongFile names every key that is wrong."""
    document = read_yaml(content)
    if document.get("kind") != "settlement":        # first, or a file of another kind would be blamed for all its keys
        raise WrongFile({"kind": "Questo comando calcola solo casi con «kind: settlement»."})
    case = load(_SettlementSchema(), document)
    zone = case["timezone"]
    return SettlementCase(
        title=case.get("title", ""), terms=case["regulation"], year=case["year"], zone=zone,
        sessions=[_session(zone, f"sessions[{place}]", **each) for place, each in enumerate(case["sessions"])],
        positions=[Position(**each) for each in case["positions"]],
        used=Used(**case["already_used"] or {}), budget_left=case["budget_left_cents"], expect=case["expect"])


FOLDS = {"start": "fold", "end": "end_fold"}


def _session(
    zone: ZoneInfo, path: str, *, fold: int | None = None, end_fold: int | None = None, date=None, **facts
) -> Session:
    try:
        for name, chosen in (("start", fold), ("end", end_fold)):
            if name in facts:
                facts[name] = _instant(facts[name], zone, chosen, name)
            elif chosen is not None:
                raise Refusal(N_("Dice quale di due orari uguali vale: ci vuole l'orario."), field=FOLDS[name])
        return Session(day=date, **facts)
    except Refusal as no:
        raise WrongFile({f"{path}.{no.field}": str(no)}) from no


def _instant(moment: datetime, zone: ZoneInfo, fold: int | None, field: str) -> datetime:
    """An offset says by itself which of two equal times is meant, so a fold beside it changes nothing."""
    if moment.tzinfo:
        return moment.astimezone(UTC)
    return instant(moment.date(), moment.time(), zone, fold, field=field)
