"""The regulations that ship with the site: each can be read, says where its values come from, and computes."""
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from app.baratto import schemas
from app.baratto.rules import Position, Session, Terms, settle
from app.baratto.rules.terms import NEEDED
from app.baratto.schemas import WrongFile, read_regulation
from app.baratto.schemas.regulations import RegulationSchema

FOLDER = Path(schemas.__file__).parents[1] / "presets"
PRESETS = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
DOCS = Path(__file__).parents[2] / "docs" / "regulations.md"
REGULATION = """
kind: regulation
comune: Esempio
province: AL
year: 2026
title: Prova
terms:
  value_model: {value: HOURLY, source: "regolamento, art. 5"}
  rate_cents_per_hour: {value: 800, source: "regolamento, art. 5", note: "prova"}
access:
  isee_ceiling_cents: {value: 850000, source: "bando"}
  isee_operator: {value: LT, source: "bando"}
  min_age: {value: 18, source: "bando"}
procedure:
  window_open: {value: "2026-03-01", source: "bando"}
"""


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_read_and_is_named_after_its_comune_and_year(name):
    regulation = read_regulation(PRESETS[name].read_bytes())
    slug = regulation.comune.lower().replace("'", "").replace(" ", "-")
    assert name.endswith("-demo") == regulation.demo
    assert (
        name == f"{slug}-demo"
        if regulation.demo
        else name.split("-")[0] in slug and name.endswith(f"-{regulation.year}")
    )
    assert Terms.from_mapping(regulation.terms.as_mapping()) == regulation.terms


def test_there_are_many_real_ones_and_two_invented_ones():
    demos = [name for name in PRESETS if name.endswith("-demo")]
    assert demos == ["alessandria-demo", "valenza-demo"]
    assert len(PRESETS) - len(demos) >= 12


@pytest.mark.parametrize("name", [name for name in PRESETS if name.endswith("-demo")])
def test_an_invented_one_says_so_everywhere(name):
    text = PRESETS[name].read_text()
    assert text.startswith("# DIMOSTRAZIONE")
    regulation = read_regulation(text)
    assert "inventati" in regulation.notes[0]
    for block in (regulation.stated, regulation.access, regulation.budget, regulation.procedure):
        assert all("inventato" in each.source for each in block.values())
    assert regulation.missing == ()


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_source_does_not_say_is_missing_and_told(name):
    regulation = read_regulation(PRESETS[name].read_bytes())
    assert set(regulation.missing) == set(NEEDED[regulation.terms.value_model]) - set(regulation.stated)
    assert not regulation.missing or any("prima di usare questo regolamento" in note for note in regulation.notes)


@pytest.mark.parametrize(
    "name, minutes, debt, offset",
    [
        ("alessandria-demo", 2020, 41237, 25250),
        ("alessandria-demo", 3300, 41237, 37500),
        ("valenza-demo", 230, 41237, 0),
        ("invorio-2015", 9600, 500000, 120000),
        ("macchia-disernia-2022", 1600, 30000, 20000),
        ("massarosa-2015", 4320, 84800, 42400),
        ("messina-2025", 1000, 41237, 16000),
        ("milano-2016", 600, 149999, 0),
        ("milano-2016", 600, 150000, 10000),
        ("pescia-2018", 9999, 50000, 36000),
        ("rapolla-2015", 1200, 41237, 10000),
        ("siracusa-2017", 480, 41237, 3200),
        ("vezzano-2016", 2000, 41237, 24000),
    ],
)
def test_a_preset_computes(name, minutes, debt, offset):
    regulation = read_regulation(PRESETS[name].read_bytes())
    tax_year = regulation.year + {"NEXT_YEAR": 1, "PREVIOUS_YEAR": -1}.get(regulation.terms.arrears_policy, 0)
    result = settle(regulation.terms, year=regulation.year, zone=ZoneInfo("Europe/Rome"),
                    sessions=[Session(person="A", day=date(regulation.year, 5, 4), minutes=minutes)],
                    positions=[Position(tax="TARI", year=tax_year, due=date(tax_year, 12, 1), amount_cents=debt)])
    assert result.offset_cents == offset


def test_a_regulation_file_is_read():
    regulation = read_regulation(REGULATION)
    assert regulation.terms == Terms(rate_cents_per_hour=800)
    assert (regulation.stated["rate_cents_per_hour"].source, regulation.stated["rate_cents_per_hour"].note) == (
        "regolamento, art. 5",
        "prova",
    )
    assert regulation.procedure["window_open"].value == date(2026, 3, 1)
    assert (regulation.demo, regulation.legal_basis, regulation.act, regulation.notes, regulation.missing) == (
        False,
        None,
        None,
        (),
        (),
    )


@pytest.mark.parametrize("old, new, key", [
    ("kind: regulation", "kind: settlement", "kind"),
    ("comune: Esempio\n", "", "comune"),
    ("province: AL", "province: NO", "province"),                 # YAML reads a bare NO as false
    ("demo: ", "demo: forse", "demo"),
    ("rate_cents_per_hour:", "rate:", "terms.rate"),
    ("value: 800", "value: 8.0", "terms.rate_cents_per_hour.value"),
    ("value: 800", "value: null", "terms.rate_cents_per_hour.value"),
    ("value: HOURLY", "value: MODULO", "terms.value_model.value"),
    (', source: "regolamento, art. 5", note', ", note", "terms.rate_cents_per_hour.source"),
    ("{value: 18, ", "{", "access.min_age.value"),
    ("min_age", "minimum_age", "access.minimum_age"),
    ("value: LT", "value: LESS", "access.isee_operator.value"),
    ('  isee_operator: {value: LT, source: "bando"}\n', "", "access.isee_operator"),
    ("  min_age", '  max_age: {value: 17, source: "bando"}\n  min_age', "access.max_age"),
    ("procedure:", 'procedure:\n  window_close: {value: "2026-02-28", source: "bando"}', "procedure.window_close"),
    ("2026-03-01", "2026-02-29", "procedure.window_open.value"),
    ("title: Prova", "title: Prova\ncolour: red", "colour"),
    ("title: Prova", "title: Prova\nact: {number: '7'}", "act.source"),
    ("title: Prova", "title: Prova\nnotes: testo", "notes"),
])
def test_a_wrong_regulation_file_is_told_the_key(old, new, key):
    content = REGULATION.replace("title: Prova", "title: Prova\ndemo: false") if old.startswith("demo") else REGULATION
    assert old in content
    with pytest.raises(WrongFile) as refused:
        read_regulation(content.replace("demo: false", new) if old.startswith("demo") else content.replace(old, new))
    assert key in refused.value.errors


def test_the_manual_has_a_row_for_every_key_and_the_right_default():
    rows = {cells[1].strip(" `"): [cell.strip(" `") for cell in cells] for line in DOCS.read_text().splitlines()
            if line.startswith("| `") and (cells := line.split("|"))}
    for key, default in Terms().as_mapping().items():
        assert key in rows
        assert rows[key][4] == yaml.safe_dump(default, default_flow_style=True).replace("\n...", "").strip()
    fields = RegulationSchema().fields
    for block in ("access", "budget", "procedure"):
        assert set(fields[block].schema.fields) <= set(rows)
    assert set(fields) <= set(rows)
