"""The file of a regulation: its terms and everything else an act says, each value beside the source that says it."""
from collections.abc import Mapping

from marshmallow import fields

from app.base.errors import Refusal
from app.base.words import N_, Said
from app.baratto.rules.regulation import RegulationFile, Stated
from app.baratto.rules.terms import Terms
from app.baratto.schemas.files import (
    WORDS,
    Day,
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


def stated(value: fields.Field) -> fields.Nested:
    """A {value, source, note} block around `value`."""
    value.required = True
    return nested(
        type("StatedSchema", (Strict,), {"value": value, "source": text(required=True), "note": text(load_default="")})
    )


def _block(**keys: fields.Field) -> fields.Nested:
    return nested(
        type("BlockSchema", (Strict,), {name: stated(value) for name, value in keys.items()}), load_default=dict
    )


class _ActSchema(Strict):
    number = text(load_default=None)
    date = Day(load_default=None)
    body = text(load_default=None)
    source = text(required=True)


class RegulationSchema(Strict):
    kind = one_of("regulation", required=True)
    comune = text(required=True)
    province = text(required=True)
    year = whole(2000, 2200, required=True)
    title = text(required=True)
    demo = yes_no(load_default=False)
    legal_basis = stated(text())
    act = nested(_ActSchema, load_default=None, allow_none=True)
    terms = _block(**{key: fields.Raw(error_messages=WORDS) for key in Terms.__dataclass_fields__})
    access = _block(
        isee_ceiling_cents=whole(),
        isee_operator=one_of("LE", "LT"),
        isee_is_priority_only=yes_no(),
        min_age=whole(0, 120),
        max_age=whole(0, 120),
        residence_required=yes_no(),
        residence_months=whole(0, 1200),
        max_debt_cents=whole(),
        must_be_tax_compliant=yes_no(),
        blameless_default_required=yes_no(),
        exclude_if_litigation=yes_no(),
        criminal_bar=yes_no(),
        medical_fitness=one_of("NONE", "SELF_DECL", "CERTIFICATE", "COMPANY_DOCTOR"),
        permit_required_non_eu=yes_no(),
        associations_allowed=yes_no(),
        firms_allowed=yes_no(),
        one_per_household=yes_no(),
        substitute_family_member=yes_no(),
    )
    budget = _block(year_cents=whole(), overflow=one_of("STOP", "PARTIAL", "SKIP_AND_FILL"), min_partial_cents=whole())
    procedure = _block(
        window_open=Day(),
        window_close=Day(),
        window_days=whole(1, 366),
        reopened=yes_no(),
        priority=text(),
        run_by=text(),
        certified_by=text(),
        report_by=text(),
        insurance=text(),
        safety=text(),
        observation_days=whole(0, 366),
        agreement_days=whole(0, 366),
        self_log_limit_days=whole(0, 365),
        programme_years=whole(1, 50),
        projects_per_year=whole(1),
        participants=whole(1),
    )
    notes = listed(text(), load_default=list)


def read_regulation(content: bytes | str) -> RegulationFile:
    """The regulation in a YAML file; WrongFile names every key that is wrong."""
    document = load(RegulationSchema(), read_yaml(content))
    blocks = {
        name: {key: Stated(**each) for key, each in document[name].items()}
        for name in ("terms", "access", "budget", "procedure")
    }
    _refuse_contradictions(blocks)
    terms = blocks.pop("terms")
    try:
        complete = Terms.from_mapping({key: each.value for key, each in terms.items()})
    except Refusal as no:
        raise WrongFile({f"terms.{no.field}.value": Said(no.message, **no.values)}) from no
    basis = document.get("legal_basis")
    return RegulationFile(
        terms=complete,
        stated=terms,
        legal_basis=Stated(**basis) if basis else None,
        notes=tuple(document["notes"]),
        **blocks,
        **{name: document[name] for name in ("comune", "province", "year", "title", "demo", "act")},
    )


def _refuse_contradictions(blocks: Mapping[str, Mapping[str, Stated]]) -> None:
    access, procedure = blocks["access"], blocks["procedure"]
    if ("isee_ceiling_cents" in access) != ("isee_operator" in access):
        raise WrongFile(
            {"access.isee_operator": N_("Il limite ISEE va insieme alla sua parola: LE «non superiore», LT «inferiore».")}
        )
    _refuse_reversed("access.max_age", access.get("min_age"), access.get("max_age"))
    _refuse_reversed("procedure.window_close", procedure.get("window_open"), procedure.get("window_close"))


def _refuse_reversed(path: str, low: Stated | None, high: Stated | None) -> None:
    if low and high and high.value < low.value:
        raise WrongFile({path: N_("Viene prima dell'inizio.")})
