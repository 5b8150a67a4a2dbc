"""Reading YAML from strangers.

Bounded size, depth and aliases, no key twice; and fields whose refusals name the key.
"""

import re
from datetime import date, datetime

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from app.base.errors import Refusal
from app.base.words import N_, Said

YEARS = range(1900, 2201)              # a day outside them is a slip of the pen, and the calendar itself ends not far beyond
_A_TEXT = N_("Serve un testo, non vuoto e non troppo lungo.")
_PRINTED = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]+")      # no control characters, no halves of characters
LARGEST_BYTES = 256 * 1024
_DEEPEST = 20
_MOST_ALIASES = 100
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})?")


class WrongFile(Refusal):
    """A file that cannot be used. `errors` says what is wrong, by the path of the key, such as `sessions[1].start`."""

    def __init__(self, errors: dict[str, str]):
        path, words = next(iter(errors.items()))
        super().__init__("%(path)s: %(words)s", path=path, words=words)
        self.errors = errors


class _Loader(yaml.SafeLoader):
    """Plain data only. An alias inside what an alias repeats is refused.

    That is how a small file becomes an endless one.
    """

    def __init__(self, stream):
        super().__init__(stream)
        self._depth = self._anchored = self._aliases = 0

    def compose_node(self, parent, index):
        event = self.peek_event()
        anchored = getattr(event, "anchor", None) is not None
        if isinstance(event, yaml.AliasEvent):
            self._aliases += 1
            if self._anchored or self._aliases > _MOST_ALIASES:
                raise yaml.MarkedYAMLError(
                    problem="troppi rimandi (*) uno dentro l'altro", problem_mark=event.start_mark
                )
            return super().compose_node(parent, index)
        if self._depth >= _DEEPEST:
            raise yaml.MarkedYAMLError(problem="troppi livelli, uno dentro l'altro", problem_mark=event.start_mark)
        self._depth, self._anchored = self._depth + 1, self._anchored + anchored
        node = super().compose_node(parent, index)
        self._depth, self._anchored = self._depth - 1, self._anchored - anchored
        return node

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f"la voce «{key.value}» c'è due volte", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


    def construct_day(self, node):
        """A day that the calendar does not have stays text, so that its field can refuse it by name."""
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_day)


def read_yaml(text: bytes | str) -> dict:
    """The mapping in a YAML file; WrongFile when it is too large, malformed, or no mapping."""
    if len(text) > LARGEST_BYTES:
        raise WrongFile({"file": Said(N_("È troppo grande: al massimo %(most)s KB."), most=LARGEST_BYTES // 1024)})
    try:
        document = yaml.load(text, Loader=_Loader)      # noqa: S506 - a SafeLoader that is stricter still
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise WrongFile({"file": Said(N_("Non si legge: %(problem)s (riga %(line)s)."), problem=wrong.problem, line=line)}) from None
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as wrong:
        raise WrongFile({"file": Said(N_("Non si legge: %(problem)s."), problem=wrong)}) from None
    if not isinstance(document, dict):
        raise WrongFile({"file": N_("Deve contenere voci con un nome, come «kind: settlement».")})
    return document


def load(schema: Schema, document: dict) -> dict:
    """What `schema` makes of `document`; WrongFile with the path of every key that is wrong."""
    try:
        return schema.load(document)
    except ValidationError as wrong:
        raise WrongFile(dict(_paths(wrong.messages))) from None


def _paths(messages, path: str = ""):
    """marshmallow's nested messages as ("positions[0].due", "words") pairs."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            below = (
                path
                if key == "_schema"
                else f"{path}[{key}]"
                if isinstance(key, int) and path
                else f"{path}.{key}".lstrip(".")
            )
            yield from _paths(inner, below)
    else:
        yield path or "file", messages[0] if len(messages) == 1 else " ".join(map(str, messages))


WORDS = {
    "required": N_("Manca questa voce."),
    "null": N_("Qui serve un valore."),
    "invalid": N_("Il valore non è del tipo giusto."),
}


class Strict(Schema):
    """A schema that refuses what it does not know, in Italian."""

    error_messages = {"unknown": N_("Questa voce non esiste."), "type": N_("Qui servono voci con un nome.")}


def whole(low: int = 0, high: int = 10 ** 12, **options) -> fields.Integer:
    """An integer within bounds; "12" and 12.0 are refused, a file says what it means."""
    words = {**WORDS, "invalid": N_("Serve un numero intero.")}

    def between(value):
        if not low <= value <= high:
            raise ValidationError(Said(N_("Serve un numero intero da %(low)s a %(high)s."), low=low, high=high))
    return fields.Integer(strict=True, validate=between, error_messages=words, **options)


def _printed(value: str) -> None:
    if not _PRINTED.fullmatch(value):
        raise ValidationError(_A_TEXT)


def text(**options) -> fields.String:
    words = {**WORDS, "invalid": N_("Serve un testo.")}
    return fields.String(validate=[validate.Length(1, 4000, error=_A_TEXT), _printed],
                         error_messages=words, **options)


def one_of(*allowed, **options) -> fields.Raw:
    words = ", ".join(map(str, allowed))

    def check(value):
        if type(value) not in {type(each) for each in allowed} or value not in allowed:
            raise ValidationError(Said(N_("Può essere solo: %(allowed)s."), allowed=words))
    return fields.Raw(validate=check, error_messages=WORDS, **options)


def yes_no(**options) -> fields.Raw:
    return one_of(True, False, **options)


def listed(inner, **options) -> fields.List:
    return fields.List(inner, error_messages={**WORDS, "invalid": N_("Serve un elenco.")}, **options)


def nested(schema, **options) -> fields.Nested:
    return fields.Nested(schema, error_messages={**WORDS, "type": N_("Qui servono voci con un nome.")}, **options)


class Day(fields.Field):
    """A calendar day, "2026-05-31"; YAML may have made a date of it already."""

    default_error_messages = {**WORDS, "invalid": N_("Scrivi il giorno così: 2026-05-31.")}

    def _deserialize(self, value, attr, data, **kwargs) -> date:
        try:
            if isinstance(value, str) and _DATE.fullmatch(value):
                value = date.fromisoformat(value)
        except ValueError:
            pass
        if isinstance(value, date) and not isinstance(value, datetime) and value.year in YEARS:
            return value
        raise self.make_error("invalid")


class Moment(fields.Field):
    """A wall time "2026-06-06T08:00", or an instant where it carries an offset, to the whole minute."""

    default_error_messages = {**WORDS, "invalid": N_("Scrivi giorno e ora così: 2026-06-06T08:00."),
                              "seconds": N_("Servono minuti interi, senza secondi.")}

    def _deserialize(self, value, attr, data, **kwargs) -> datetime:
        try:
            if isinstance(value, str) and _TIME.fullmatch(value):
                value = datetime.fromisoformat(value)
        except ValueError:
            pass
        if not isinstance(value, datetime) or value.year not in YEARS:
            raise self.make_error("invalid")
        if value.second or value.microsecond:
            raise self.make_error("seconds")
        return value
