import pytest

from app.reconciliation.states import CORRECTION, FINDING, NIGHT, Correction, Finding, Night

MOVES = {
    "start": {Night.QUEUED, Night.RUNNING, Night.FAILED}, "release": {Night.RUNNING}, "fail": {Night.RUNNING}, "finish": {Night.RUNNING},
    "run_again": {Night.QUEUED, Night.DONE, Night.FAILED},
}
FINDING_MOVES = {"explain": {Finding.OPEN}, "correct": {Finding.OPEN, Finding.EXPLAINED}, "clear": {Finding.OPEN},
                 "reopen": {Finding.EXPLAINED, Finding.CORRECTED}}
CORRECTION_MOVES = {"approve": {Correction.PROPOSED}, "reject": {Correction.PROPOSED}, "withdraw": {Correction.PROPOSED}}


@pytest.mark.parametrize("machine, states, moves", [(NIGHT, Night, MOVES), (FINDING, Finding, FINDING_MOVES),
                                                    (CORRECTION, Correction, CORRECTION_MOVES)])
def test_every_state_against_every_move(machine, states, moves):
    assert {state: {move.name for move in machine.open_from(state)} for state in states} == {
        state: {name for name, sources in moves.items() if state in sources} for state in states}
    assert machine.states == set(states)


def test_people_ask_and_explain_and_the_system_does_the_rest():
    assert {name for machine in (NIGHT, FINDING) for name, move in machine.moves.items() if move.needs} == {"run_again", "explain"}
    assert all(move.needs for move in CORRECTION.moves.values())
