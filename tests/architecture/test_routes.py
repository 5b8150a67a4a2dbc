"""Who may do what, for every address of the site: the whole table. Its diff is the security review."""
import pytest
from itsdangerous import URLSafeTimedSerializer

from app import guards
from app.access import GRANTS, May, Role
from app.base.clock import now
from app.base.db import db
from app.base.once import new_key
from app.base.transactions import transaction
from app.people.models import RoleHeld
from tests.conftest import make_app

PERMISSIONS = {
    "GET /": "public",
    "GET/POST /accedi": "public",
    "GET/POST /accessi": May.AREA_SEE,
    "GET /accessibilita": "public",
    "GET /area-personale": May.AREA_SEE,
    "GET /attivita": "public",
    "GET /attivita/<int:task_id>": "public",
    "GET /attivita/<int:task_id>/avviso": "public",
    "GET /attivita/<int:task_id>/condividi": "public",
    "GET /attivita/mappa": "public",
    "GET /attivita/settimana": "public",
    "GET /calendario": May.SHIFT_BOOK,
    "GET /calendario/<token>.ics": "public",
    "POST /calendario/nuovo": May.SHIFT_BOOK,
    "POST /calendario/revoca": May.SHIFT_BOOK,
    "GET /turni/<int:shift_id>/turno.ics": "public",
    "GET /bandi": May.CALL_OPEN,
    "POST /bandi/<int:call_id>/concludi": May.CALL_OPEN,
    "GET/POST /bandi/nuovo": May.CALL_OPEN,
    "GET /certificati": May.CERTIFICATE_ISSUE,
    "GET /certificati/<int:certificate_id>": May.AREA_SEE,
    "GET/POST /certificati/persona/<int:comune_id>/<int:person_id>": May.CERTIFICATE_ISSUE,
    "GET /certificati/<int:certificate_id>.pdf": May.AREA_SEE,
    "GET/POST /certificati/<int:certificate_id>/sostituisci": May.CERTIFICATE_ISSUE,
    "GET/POST /certificati/<int:certificate_id>/annulla": May.CERTIFICATE_ISSUE,
    "GET/POST /certificati/ore/<int:attendance_id>/annulla": May.CERTIFICATE_ISSUE,
    "GET/POST /certificati/patto/<int:agreement_id>": May.CERTIFICATE_ISSUE,
    "GET /come-funziona": "public",
    "GET /contestazioni/<int:dispute_id>": May.AREA_SEE,
    "POST /contestazioni/<int:dispute_id>/conferma": May.HOURS_SETTLE,
    "POST /contestazioni/<int:dispute_id>/giustifica": May.HOURS_SETTLE,
    "POST /contestazioni/<int:dispute_id>/respingi": May.HOURS_SETTLE,
    "POST /contestazioni/<int:dispute_id>/riconosci": May.HOURS_SETTLE,
    "POST /contestazioni/<int:dispute_id>/rispondi": May.AREA_SEE,
    "GET /ente/attivita": May.TASK_PUBLISH,
    "GET/POST /ente/attivita/<int:task_id>/turni": May.TASK_PUBLISH,
    "GET/POST /ente/attivita/nuova": May.TASK_PUBLISH,
    "GET/POST /ente/turni/<int:shift_id>/annulla": May.TASK_PUBLISH,
    "POST /ente/attivita/<int:task_id>/chiudi": May.TASK_PUBLISH,
    "POST /esci": "public",
    "GET /comuni/<int:comune_id>/estratto-conto": May.STATEMENT_SEE,
    "GET /comuni/<int:comune_id>/estratto-conto.csv": May.STATEMENT_SEE,
    "GET /comuni/<int:comune_id>/estratto-conto.ods": May.STATEMENT_SEE,
    "GET /comuni/<int:comune_id>/estratto-conto/stampa": May.STATEMENT_SEE,
    "GET /estratto-conto": May.STATEMENT_SEE,
    "GET /fogli": May.SHEET_ENTER,
    "GET/POST /fogli/<code>": May.SHEET_ENTER,
    "POST /fogli/<code>/registra": May.SHEET_ENTER,
    "GET/POST /fogli/<code>/riepilogo": May.SHEET_ENTER,
    "POST /fogli/<code>/scansione": May.SHEET_ENTER,
    "GET /fogli/<code>/scansione/<int:upload_id>": May.SHEET_ENTER,
    "GET/POST /fogli/importa": May.SHEET_ENTER,
    "GET /fogli/stampa": May.SHEET_PRINT,
    "GET/POST /fogli/stampa/<int:task_id>": May.SHEET_PRINT,
    "GET /fogli.pdf": May.SHEET_PRINT,
    "GET /healthz": "public",
    "POST /lingua": "public",
    "GET /metrics": "public",
    "GET /notti": May.NIGHT_SEE,
    "GET /notti/<int:night_id>": May.NIGHT_SEE,
    "GET/POST /notti/correzioni/<int:correction_id>": May.CORRECTION_APPROVE,
    "POST /notti/correzioni/<int:correction_id>/ritira": May.CORRECTION_PROPOSE,
    "GET /notti/differenze/<int:finding_id>": May.NIGHT_SEE,
    "GET/POST /notti/differenze/<int:finding_id>/correggi": May.CORRECTION_PROPOSE,
    "GET/POST /notti/differenze/<int:finding_id>/spiega": May.FINDING_HANDLE,
    "GET/POST /notti/esegui/<int:comune_id>": May.NIGHT_RUN,
    "GET /ore": May.HOURS_LOG,
    "GET/POST /ore/<int:booking_id>": May.HOURS_LOG,
    "POST /ore/<int:booking_id>/invia": May.HOURS_LOG,
    "GET/POST /ore/<int:booking_id>/riepilogo": May.HOURS_LOG,
    "GET /ore/registrate/<int:attendance_id>": May.AREA_SEE,
    "GET /ore/presenza": May.HOURS_LOG,
    "POST /ore/presenza": May.HOURS_LOG,
    "GET/POST /ore/registrate/<int:attendance_id>/contesta": May.HOURS_LOG,
    "GET/POST /ore/registrate/<int:attendance_id>/invia": May.HOURS_LOG,
    "POST /ore/registrate/<int:attendance_id>/pausa": May.HOURS_LOG,
    "GET/POST /ore/registrate/<int:attendance_id>/uscita": May.HOURS_LOG,
    "GET /ore/senza-rete": May.HOURS_LOG,
    "GET /ore/senza-rete/stato": May.HOURS_LOG,
    "GET /patti": May.STATEMENT_SEE,
    "GET /patti/<int:agreement_id>": May.STATEMENT_SEE,
    "GET/POST /patti/<int:agreement_id>/chiudi": May.AGREEMENT_MAKE,
    "GET /patti/<int:agreement_id>/estratto-conto": May.STATEMENT_SEE,
    "GET /patti/<int:agreement_id>/estratto-conto.csv": May.STATEMENT_SEE,
    "GET /patti/<int:agreement_id>/estratto-conto.ods": May.STATEMENT_SEE,
    "GET /patti/<int:agreement_id>/estratto-conto/stampa": May.STATEMENT_SEE,
    "GET/POST /patti/nuovo": May.AGREEMENT_MAKE,
    "GET /prenotazioni/<int:booking_id>": May.SHIFT_BOOK,
    "POST /prenotazioni/<int:booking_id>/disdici": May.SHIFT_BOOK,
    "GET /privacy": "public",
    "GET /readyz": "public",
    "GET/POST /regole/ore": May.BOOKING_RULES,
    "GET /regolamenti": May.REGULATION_SEE,
    "GET /regolamenti/<int:regulation_id>": May.REGULATION_SEE,
    "GET/POST /regolamenti/importa": May.REGULATION_IMPORT,
    "GET /riduzioni": May.OFFSET_SEE,
    "GET /riduzioni/<int:offset_id>": May.OFFSET_SEE,
    "GET/POST /riduzioni/<int:offset_id>/annulla": May.OFFSET_PROPOSE,
    "GET/POST /riduzioni/<int:offset_id>/approva": May.OFFSET_APPROVE,
    "GET/POST /riduzioni/<int:offset_id>/restituisci": May.OFFSET_APPROVE,
    "POST /riduzioni/<int:offset_id>/riproponi": May.OFFSET_PROPOSE,
    "GET/POST /riduzioni/<int:offset_id>/storna": May.OFFSET_APPROVE,
    "POST /riduzioni/approva": May.OFFSET_APPROVE,
    "POST /riduzioni/esporta": May.OFFSET_EXPORT,
    "GET/POST /riduzioni/nuova/<int:agreement_id>": May.OFFSET_PROPOSE,
    "POST /riduzioni/proponi": May.OFFSET_PROPOSE,
    "GET /stato": "public",
    "GET /tributi": May.TAXES_SEE,
    "GET/POST /tributi/importa": May.TAXES_IMPORT,
    "GET /tributi/invii": May.OFFSET_EXPORT,
    "GET /tributi/invii/<int:export_id>.csv": May.OFFSET_EXPORT,
    "GET/POST /turni/<int:shift_id>/prenota": May.SHIFT_BOOK,
    "GET/POST /bacheca/regole": May.BOOKING_RULES,
    "GET/POST /ente/attivita/<int:task_id>/annulla": May.TASK_PUBLISH,
    "POST /ente/attivita/<int:task_id>/apri": May.TASK_PUBLISH,
    "GET/POST /ente/attivita/<int:task_id>/modifica": May.TASK_PUBLISH,
    "GET/POST /ente/attivita/<int:task_id>/proponi": May.TASK_PUBLISH,
    "GET/POST /ente/attivita/<int:task_id>/ripeti": May.TASK_PUBLISH,
    "POST /ente/attivita/<int:task_id>/riprendi": May.TASK_PUBLISH,
    "GET/POST /ente/turni/<int:shift_id>/sposta": May.TASK_PUBLISH,
    "GET /prenotazioni": May.SHIFT_BOOK,
    "POST /prenotazioni/<int:booking_id>/accetta": May.SHIFT_BOOK,
    "POST /prenotazioni/<int:booking_id>/non-posso-venire": May.SHIFT_BOOK,
    "POST /prenotazioni/<int:booking_id>/rinuncia": May.SHIFT_BOOK,
    "GET /requisiti": May.SHIFT_BOOK,
    "POST /turni/<int:shift_id>/attesa": May.SHIFT_BOOK,
    "GET /ufficio/attivita": May.TASK_ACCEPT,
    "GET /ufficio/attivita/<int:task_id>": May.TASK_ACCEPT,
    "POST /ufficio/attivita/<int:task_id>/accetta": May.TASK_ACCEPT,
    "POST /ufficio/attivita/<int:task_id>/restituisci": May.TASK_ACCEPT,
    "GET/POST /ufficio/requisiti": May.QUALIFICATION_CONFIRM,
    "GET/POST /ufficio/requisiti/<int:person_id>": May.QUALIFICATION_CONFIRM,
    "POST /ufficio/requisiti/confermati/<int:held_id>/ritira": May.QUALIFICATION_CONFIRM,
    "GET /tutor/assenze/<int:attendance_id>": May.HOURS_VALIDATE,
    "POST /tutor/assenze/<int:attendance_id>/giustifica": May.HOURS_VALIDATE,
    "POST /tutor/assenze/<int:attendance_id>/non-giustificare": May.HOURS_VALIDATE,
    "GET /tutor/giorno": May.HOURS_VALIDATE,
    "GET /tutor/ore": May.HOURS_VALIDATE,
    "GET/POST /tutor/ore/<int:attendance_id>": May.HOURS_VALIDATE,
    "POST /tutor/ore/<int:attendance_id>/convalida": May.HOURS_VALIDATE,
    "POST /tutor/ore/<int:attendance_id>/correggi": May.HOURS_VALIDATE,
    "POST /tutor/ore/<int:attendance_id>/respingi": May.HOURS_VALIDATE,
    "GET /verifica/<code>": "public",
    "GET /verifica": "public",
    "GET/POST /tutor/ore/<int:attendance_id>/contesta": May.HOURS_VALIDATE,
    "POST /tutor/ore/<int:attendance_id>/invia": May.HOURS_VALIDATE,
    "GET/POST /tutor/ore/<int:attendance_id>/riapri": May.HOURS_VALIDATE,
    "GET/POST /tutor/ore/<int:attendance_id>/togli": May.HOURS_VALIDATE,
    "GET/POST /tutor/ore/<int:attendance_id>/uscita": May.HOURS_VALIDATE,
    "POST /tutor/ore/<int:attendance_id>/uscita-adesso": May.HOURS_VALIDATE,
    "GET /tutor/ore/insieme": May.HOURS_VALIDATE,
    "POST /tutor/ore/insieme": May.HOURS_VALIDATE,
    "POST /tutor/prenotazioni/<int:booking_id>/annullato": May.HOURS_VALIDATE,
    "GET /tutor/prenotazioni/<int:booking_id>/assenza": May.HOURS_VALIDATE,
    "POST /tutor/prenotazioni/<int:booking_id>/assente": May.HOURS_VALIDATE,
    "POST /tutor/prenotazioni/<int:booking_id>/entrata": May.HOURS_VALIDATE,
    "GET /tutor/turni/<int:shift_id>/codice": May.HOURS_VALIDATE,
    "GET /tutor/turni/<int:shift_id>/foglio-codice": May.HOURS_VALIDATE,
    "GET /ufficio/ore": May.HOURS_SETTLE,
    "GET /ufficio/ore/<int:attendance_id>": May.HOURS_SETTLE,
    "POST /ufficio/ore/<int:attendance_id>/accetta": May.HOURS_SETTLE,
    "POST /ufficio/ore/<int:attendance_id>/non-accettare": May.HOURS_SETTLE,
}

one_backend = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


def permissions(app) -> dict[str, str]:
    return {f"{'/'.join(sorted(rule.methods - {'HEAD', 'OPTIONS'}))} {rule.rule}": app.view_functions[rule.endpoint].permission
            for rule in app.url_map.iter_rules()}


@one_backend
def test_every_route_names_its_permission(app):
    assert permissions(app) == PERMISSIONS


def test_every_permission_opens_something_and_is_held_by_somebody():
    granted = set().union(*GRANTS.values())
    assert set(May) == granted == set(PERMISSIONS.values()) - {guards.PUBLIC}
    assert set(GRANTS) == set(Role)


@one_backend
def test_nobody_holds_both_sides_of_a_decision(app):
    """Who proposes does not approve, who approves does not import, who looks does not touch."""
    for role, verbs in GRANTS.items():
        assert not {May.OFFSET_PROPOSE, May.OFFSET_APPROVE} <= verbs, role
        assert not {May.TAXES_IMPORT, May.OFFSET_APPROVE} <= verbs, role
        assert not {May.HOURS_VALIDATE, May.CERTIFICATE_ISSUE} <= verbs, role
        assert not {May.HOURS_LOG, May.HOURS_VALIDATE} <= verbs, role
        assert not {May.CORRECTION_PROPOSE, May.CORRECTION_APPROVE} <= verbs, role
    assert all(verb.value.endswith(".see") for verb in GRANTS[Role.AUDITOR])


@one_backend
def test_the_app_refuses_to_start_with_a_bare_route(ground, tmp_path):
    app = make_app(ground.server.url(ground.database), tmp_path)
    app.add_url_rule("/bare", "bare", lambda: "x")
    with pytest.raises(RuntimeError, match="bare"):
        guards.init_app(app)


def an_address(rule) -> str:
    """An address that the rule answers to; no row has that number."""
    values = {argument: 999_999 for argument in rule.arguments}
    return rule.build(values, append_unknown=False)[1]


@one_backend
def test_nobody_comes_in_without_signing_in(app, town):
    client = app.test_client()
    client.unread |= {401}
    for rule, method in doors(app):
        answer = knock(app, client, rule, method)
        assert answer.status_code in ({302, 303} if method == "GET" else {401}), f"{method} {rule.rule}: {answer.status_code}"
        assert method == "POST" or answer.location.startswith("/accedi")


@one_backend
def test_every_role_comes_in_only_where_it_is_granted(app, town):
    """403 for who may not, whatever the address holds; for who may, anything else."""
    wrong = []
    for neighbour in (town.anna, town.tino, town.carla, town.olga, town.teo, town.mara, town.aldo, town.ada, town.lino):
        client = app.test_client().sign_in(neighbour)
        client.unread |= {400, 403, 404, 422}
        with app.app_context():
            held = {verb for verb in May if neighbour.row.may(verb)}
        for rule, method in doors(app):
            needed, door = app.view_functions[rule.endpoint].permission, f"{neighbour.name}: {method} {rule.rule}"
            try:
                status = knock(app, client, rule, method).status_code
            except AssertionError as broken:
                wrong.append(f"{door}: {broken}")
                continue
            if (status == 403) is (needed in held) or status == 200 and rule.arguments:
                wrong.append(f"{door}: {status}")
    assert not wrong, "\n".join(wrong)


def doors(app):
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].permission != guards.PUBLIC:
            yield from ((rule, method) for method in sorted(rule.methods & {"GET", "POST"}))


def knock(app, client, rule, method):
    if method == "GET":
        return client.get(an_address(rule))
    with client.session_transaction() as session:
        session["csrf_token"] = "0" * 40
    return client.post(an_address(rule), data={"form_key": new_key(), "csrf_token": csrf_token(app, "0" * 40)})


def csrf_token(app, kept: str) -> str:
    """What the app's own pages would carry in a session that keeps `kept`."""
    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(kept)


@one_backend
def test_a_removed_guard_bites(app, town, monkeypatch):
    """Without its permission the approval page lets a resident through: the table above names the route."""
    approve = app.view_functions["baratto.approve_offset"]
    monkeypatch.setitem(app.view_functions, "baratto.approve_offset", guards.public(approve.__wrapped__))
    assert permissions(app) != PERMISSIONS
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == "baratto.approve_offset")
    assert knock(app, app.test_client().sign_in(town.anna), rule, "GET").status_code != 403


@one_backend
def test_a_role_that_has_ended_opens_nothing(app, town):
    with app.app_context(), transaction():
        for held in db.session.query(RoleHeld).filter_by(person_id=town.mara.id):
            held.until = now().date()
    assert app.test_client().sign_in(town.mara).get("/riduzioni").status_code == 403
