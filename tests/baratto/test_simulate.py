"""`flask baratto simulate`: the worked cases give their answers, and a wrong file is told where it is wrong."""
import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from app.baratto.cli import differences, group
from app.baratto.schemas.files import LARGEST_BYTES

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASE = """
kind: settlement
title: prova
regulation: {value_model: HOURLY, rate_cents_per_hour: 750}
year: 2026
sessions:
  - {person: A, start: "2026-06-06T08:00", end: "2026-06-06T11:25", break_min: 5}
positions:
  - {tax: TARI, year: 2026, instalment: 1, due: "2026-05-31", component: MUNICIPAL, amount_cents: 12000}
"""


def simulate(tmp_path, content):
    path = tmp_path / "case.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(group, ["simulate", str(path)])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_worked_case_gives_its_answer(path):
    result = CliRunner().invoke(group, ["simulate", str(path)])
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    expected = yaml.safe_load(path.read_text())["expect"]
    assert expected
    assert found["differences"] == differences(expected, found) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_with_another_answer_fails(path, tmp_path):
    case = yaml.safe_load(path.read_text())
    case["expect"]["offset_cents"] = case["expect"].get("offset_cents", 0) + 1_000_000
    result = simulate(tmp_path, yaml.safe_dump(case))
    assert result.exit_code == 1
    assert result.stderr.startswith("offset_cents: atteso ")


def test_without_expect_it_only_computes(tmp_path):
    result = simulate(tmp_path, CASE)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "admitted": True, "reason": None, "worked_minutes": 200, "creditable_minutes": 200, "value_cents": 2500,
        "offsettable_cents": 12000, "offset_cents": 2500, "limited_by": "value",
        "lines": [{"tax": "TARI", "year": 2026, "instalment": 1, "component": "MUNICIPAL", "amount_cents": 2500}],
        "residual_cents": 9500, "payable_cents": 9500, "needed_minutes": 960, "surplus_minutes": 0, "minutes_used": 200}


def test_what_differs_is_named(tmp_path):
    result = simulate(
        tmp_path, CASE + "expect: {value_cents: 2500, residual_cents: 1, lines: [{amount_cents: 7, tax: TARI}]}\n"
    )
    assert result.exit_code == 1
    assert (
        result.stderr == "lines[0].amount_cents: atteso 7, calcolato 2500\nresidual_cents: atteso 1, calcolato 9500\n"
    )
    assert json.loads(result.stdout)["differences"] == [
        {"key": "lines[0].amount_cents", "expected": 7, "found": 2500},
        {"key": "residual_cents", "expected": 1, "found": 9500},
    ]


@pytest.mark.parametrize(
    "expect",
    [
        "lines: []",
        "lines: [{tax: TARI}, {tax: TARI}]",
        "needed_minutes: null",
        "admitted: false",
        "reason: MIN_DEBT",
        "limited_by: debt",
        "limited_by: null",
    ],
)
def test_a_shorter_list_a_null_and_a_word_are_compared_too(tmp_path, expect):
    assert simulate(tmp_path, f"{CASE}expect: {{{expect}}}\n").exit_code == 1


@pytest.mark.parametrize("old, new, key", [
    ("kind: settlement", "kind: ranking", "kind"),
    ("kind: settlement", "", "kind"),
    ("title: prova", "titel: prova", "titel"),
    ("title: prova", "title: 3", "title"),
    ("year: 2026\nsess", "sess", "year"),
    ("year: 2026\nsess", "year: '2026'\nsess", "year"),
    ("rate_cents_per_hour: 750", "rate_cents: 750", "regulation.rate_cents"),
    ("rate_cents_per_hour: 750", "rate_cents_per_hour: 7.5", "regulation.rate_cents_per_hour"),
    ("rate_cents_per_hour: 750", "rate_cents_per_hour: null", "regulation.rate_cents_per_hour"),
    ("HOURLY", "HOURS", "regulation.value_model"),
    ("regulation: {value_model: HOURLY, rate_cents_per_hour: 750}", "regulation: 7", "regulation"),
    ("break_min", "breakmin", "sessions[0].breakmin"),
    ("break_min: 5", "break_min: -5", "sessions[0].break_min"),
    ("break_min: 5", "break_min: 206", "sessions[0].break_min"),
    ("break_min: 5", "break_min: true", "sessions[0].break_min"),
    ("break_min: 5", "minutes: 5", "sessions[0].date"),
    (', end: "2026-06-06T11:25", break_min: 5', "", "sessions[0].end"),
    ('"2026-06-06T08:00"', '"0001-01-01T00:30"', "sessions[0].start"),
    ('"2026-05-31"', "2026-02-30", "positions[0].due"),
    ("break_min: 5", "fold: 2", "sessions[0].fold"),
    ("person: A, ", "", "sessions[0].person"),
    ("T11:25", "T07:25", "sessions[0].end"),
    ("T11:25", "T11:25:30", "sessions[0].end"),
    ("T11:25", "", "sessions[0].end"),
    ("2026-06-06T08:00", "2026-03-29T02:30", "sessions[0].start"),
    ("2026-06-06T08:00\", end: \"2026-06-06T11:25", "2026-10-25T01:00\", end: \"2026-10-25T02:30", "sessions[0].end"),
    ("2026-06-06T08:00", "2026-06-31T08:00", "sessions[0].start"),
    ("positions:", "  - {person: A, start: '2026-06-06T11:00', end: '2026-06-06T12:00'}\npositions:", "sessions"),
    ("sessions:", "sessions: 3\nsession:", "sessions"),
    ("amount_cents: 12000", "amount_cents: 120.00", "positions[0].amount_cents"),
    ("amount_cents: 12000", "amount_cents: -1", "positions[0].amount_cents"),
    ("amount_cents: 12000", "amount_cents: 12000, colour: red", "positions[0].colour"),
    ("2026-05-31", "31/05/2026", "positions[0].due"),
    ("year: 2026\nsess", "year: 2026\ntimezone: Europe/Roma\nsess", "timezone"),
    ("year: 2026\nsess", "year: 2026\ntimezone: ../../etc/passwd\nsess", "timezone"),
    ("year: 2026\nsess", "year: 2026\nbudget_left_cents: -1\nsess", "budget_left_cents"),
    ("year: 2026\nsess", "year: 2026\nalready_used: {person: 3}\nsess", "already_used.person"),
    ("year: 2026\nsess", "year: 2026\nexpect: {ofset_cents: 3}\nsess", "expect.ofset_cents"),
    ("year: 2026\nsess", "year: 2026\nexpect: {offset_cents: '3'}\nsess", "expect.offset_cents"),
    ("year: 2026\nsess", "year: 2026\nexpect: {lines: [{amount: 3}]}\nsess", "expect.lines[0].amount"),
])
def test_a_wrong_file_is_told_the_key(tmp_path, old, new, key):
    assert old in CASE
    result = simulate(tmp_path, CASE.replace(old, new))
    assert result.exit_code == 2
    assert f"{key}: " in result.stderr
    assert key in json.loads(result.stdout)["errors"]


@pytest.mark.parametrize("content, words", [
    (b"", "voci con un nome"),
    (b"- a\n- b\n", "voci con un nome"),
    (b"\xff\xfe\x00", "Non si legge"),
    (b"kind: [", "riga"),
    (b"kind: !!python/object/apply:os.system [ls]", "Non si legge"),
    (b"kind: settlement\nkind: settlement", "due volte"),
    (b"kind: " + b"9" * 5000, "Non si legge"),
    (b"kind: " + b"[" * 5000, "troppi livelli"),
    (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "troppi rimandi"),
    (b"a: &a x\nb: [" + b"*a, " * 101 + b"]", "troppi rimandi"),
    (b"#" * (LARGEST_BYTES + 1), "troppo grande"),
])
def test_a_file_that_is_no_case_is_refused_at_once(tmp_path, content, words):
    result = simulate(tmp_path, content)
    assert result.exit_code == 2
    assert result.stderr.startswith("file: ")
    assert words in result.stderr


def test_a_missing_file_is_wrong_too():
    assert CliRunner().invoke(group, ["simulate", "no-such-case.yaml"]).exit_code == 2


def test_yaml_may_have_made_dates_of_the_text_already(tmp_path):
    plain = CASE.replace('"2026-06-06T08:00"', "2026-06-06T08:00:00").replace('"2026-05-31"', "2026-05-31")
    assert simulate(tmp_path, plain).stdout == simulate(tmp_path, CASE).stdout


@pytest.mark.parametrize("start", ["2026-06-06T08:00:00+02:00", '"2026-06-06T06:00Z"', '"2026-06-06T08:00+02:00"'])
def test_an_offset_says_the_instant(tmp_path, start):
    assert simulate(tmp_path, CASE.replace('"2026-06-06T08:00"', start)).stdout == simulate(tmp_path, CASE).stdout


def test_another_zone_has_its_own_clock_changes(tmp_path):
    lisbon = CASE.replace("2026-06-06T08:00", "2026-10-25T00:30").replace("2026-06-06T11:25", "2026-10-25T02:30")
    assert (
        simulate(tmp_path, lisbon.replace("year: 2026\nsess", "year: 2026\ntimezone: Europe/Lisbon\nsess")).exit_code
        == 0
    )
    assert simulate(tmp_path, lisbon).exit_code == 2


def test_a_simple_alias_is_plain_yaml(tmp_path):
    twice = CASE.replace("- {tax", "- &line {tax") + "  - *line\n"
    assert json.loads(simulate(tmp_path, twice).stdout)["offsettable_cents"] == 24000
