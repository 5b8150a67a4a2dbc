"""Paper as the operator meets it: print, type the code, copy the rows, look at them, record, attach the scan; or send a file."""
import io

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.base import clock, uploads
from app.base.db import db
from app.base.uploads import Upload
from app.hours.models import Attendance, Sheet
from app.hours.rules.sheets import written
from app.hours.states import Attendance as Hours
from app.tasks.models import Task
from tests.base.test_uploads import PDF, located
from tests.hours.builders import worked
from tests.hours.paper import MAY, a_sheet, entered, entry
from tests.tasks.builders import change

NEXT, RECORD = "Avanti: controlla", "Registra il foglio"
SIGNED = {"Chi ha firmato come tutor": "Tino Robutti"}


@pytest.fixture
def code(app, town) -> str:
    with change(app):
        return a_sheet(town, town.anna).code


def rows(*lines: tuple) -> dict[str, str]:
    """Answers for the grid: (day, start, end, break)."""
    return {f"r-{day:02}-{cell}": typed for day, *cells in lines for cell, typed in zip(("start", "end", "pause"), cells)}


def number_of(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_a_month_is_entered_from_the_code_to_the_next_code(client, app, code, town):
    page = client.sign_in(town.olga).submit("/fogli", {"Codice del foglio": written(code).lower()}, button="Apri il foglio")
    assert page.path == f"/fogli/{code}" and "Anna Ferraris, Riordino della biblioteca, maggio 2026" in page.words
    answers = rows((5, "9", "12.30", "15"), (12, "0930", "11", "")) | SIGNED | {"Ore in tutto, come scritto sul foglio": "4:45"}
    summary = client.submit(page, answers, button=NEXT)
    assert summary.heading == f"Controlla il foglio {written(code)}" and "4 h 45 min" in summary.words and "3 h 15 min" in summary.words
    assert number_of(app, Attendance) == 0
    done = client.submit(summary, button=RECORD)
    assert done.path == f"/fogli/{code}" and "Olga Prigione" in done.words and "Firmato da Tino Robutti" in done.words
    assert "Convalidate" in done.words and done.soup.select_one("input[name=codice][autofocus]")
    assert number_of(app, Attendance) == 2
    assert client.send(summary, button=RECORD).headers["Location"] == f"/fogli/{code}" and number_of(app, Attendance) == 2
    assert client.get(f"/fogli/{code}/riepilogo").headers["Location"] == f"/fogli/{code}"


def test_change_goes_back_with_every_answer(client, code, town):
    page = client.sign_in(town.olga).submit(f"/fogli/{code}", rows((5, "9", "12.30", "15")) | SIGNED, button=NEXT)
    page = client.submit(page, button="Modifica")
    typed = {name: page.soup.find("input", {"name": f"r-05-{name}"})["value"] for name in ("start", "end", "pause")}
    assert typed == {"start": "9", "end": "12.30", "pause": "15"}
    assert page.soup.select_one("select[name=signed_by] option[selected]").text == "Tino Robutti"


def test_wrong_rows_are_named_by_their_day_and_the_rest_stays(client, app, code, town):
    answers = rows((5, "9", "12", ""), (6, "9", "", ""), (7, "9", "25", "")) | SIGNED
    page = client.sign_in(town.olga).submit(f"/fogli/{code}", answers, button=NEXT)
    assert page.status == 422 and [error.split(":")[0] for error in page.errors] == ["giorno 6", "giorno 7"]
    assert page.soup.find("input", {"name": "r-05-start"})["value"] == "9"
    assert page.soup.select_one("#r-06-error") and number_of(app, Attendance) == 0


def test_what_the_rules_refuse_is_named_by_its_day_too(client, app, code, town):
    with clock.set_to(entry(20).started_at):
        page = client.sign_in(town.olga).submit(f"/fogli/{code}", rows((5, "9", "12", ""), (25, "9", "12", "")) | SIGNED, button=NEXT)
    assert page.status == 422 and page.errors[0].startswith("giorno 25: Queste ore non sono ancora passate")


def test_who_signed_has_to_be_chosen_and_may_be_nobody(client, app, code, town):
    page = client.sign_in(town.olga).submit(f"/fogli/{code}", rows((5, "9", "12", "")), button=NEXT)
    assert (page.status, page.errors) == (422, ["Scegli chi ha firmato."])
    summary = client.submit(page, {"Chi ha firmato come tutor": "Nessuno: la firma non c'è"}, button=NEXT)
    assert "un tutor dovrà convalidare" in summary.words
    assert "Da convalidare" in client.submit(summary, button=RECORD).words


def test_a_total_that_differs_is_asked_about(client, app, code, town):
    answers = rows((5, "9", "12", "")) | SIGNED | {"Ore in tutto, come scritto sul foglio": "4"}
    page = client.sign_in(town.olga).submit(f"/fogli/{code}", answers, button=NEXT)
    assert page.status == 422 and "Le righe fanno 3 h, sul foglio c'è scritto 4 h." in page.errors[0]
    summary = client.submit(page, {"Il totale sul foglio è sbagliato: valgono le righe": True}, button=NEXT)
    assert "Il totale del foglio è diverso" in summary.words
    done = client.submit(summary, button=RECORD)
    assert "Totale delle righe 3 h Totale scritto sul foglio 4 h" in done.words


def test_a_second_shift_on_a_day_goes_below(client, app, code, town):
    answers = rows((5, "9", "12", "")) | {"r-32-day": "5", "r-32-start": "14", "r-32-end": "16"} | SIGNED
    summary = client.sign_in(town.olga).submit(f"/fogli/{code}", answers, button=NEXT)
    assert "Totale 5 h" in summary.words
    client.submit(summary, button=RECORD)
    assert number_of(app, Attendance) == 2


def test_the_night_when_an_hour_comes_twice_is_asked_about(client, app, town):
    with change(app):
        code = a_sheet(town, town.anna, month=MAY.replace(month=10)).code
    with clock.set_to(clock.now().replace(month=11)):
        client.sign_in(town.olga)
        page = client.submit(f"/fogli/{code}", rows((25, "2:30", "6", "")) | SIGNED, button=NEXT)
        assert page.status == 422 and "ci sono due volte" in page.errors[0]
        summary = client.submit(page, {"r-25-start-fold": "Seconda volta"}, button=NEXT)
        assert "3 h 30 min" in summary.words
        assert "3 h 30 min" in client.submit(summary, button=RECORD).words


@pytest.mark.parametrize("typed, words", [("KXM4", "Questo codice non torna"), ("", "Questo campo va compilato.")])
def test_a_code_that_leads_nowhere_is_said(client, code, town, typed, words):
    page = client.sign_in(town.olga).submit("/fogli", {"Codice del foglio": typed}, button="Apri il foglio")
    assert words in page.errors[0]


@pytest.mark.parametrize("neighbour, status", [("olga", 200), ("oreste", 404), ("tino", 403), ("anna", 403), ("carla", 403), ("teo", 403)])
def test_sheets_are_entered_by_the_comunes_office(client, code, town, neighbour, status):
    assert client.sign_in(getattr(town, neighbour)).get(f"/fogli/{code}").status_code == status


def test_a_tutor_prints_the_sheets_of_everybody_who_is_expected(client, app, town):
    with change(app):
        task = worked(town.alessandria, town.anna).shift.task_id           # Saturday 30 May
    page = client.sign_in(town.tino).visit("/fogli/stampa")
    page = client.visit(page.link("Riordino della biblioteca") + "?mese=2026-05-01")
    assert "Anna Ferraris" in page.words and "Bruno" not in page.words
    answer = client.send(page, button="Prepara i fogli da stampare")
    paper = client.get(answer.headers["Location"])
    assert paper.mimetype == "application/pdf" and b"<pdfuaid:part>1</pdfuaid:part>" in paper.get_data()
    assert client.get(answer.headers["Location"]).get_data() == paper.get_data()
    again = client.send(client.visit(f"/fogli/stampa/{task}?mese=2026-05-01"), button="Prepara i fogli da stampare")
    assert again.headers["Location"] == answer.headers["Location"] and number_of(app, Sheet) == 1
    with app.app_context():
        sheet = db.session.scalar(select(Sheet))
        assert (sheet.month, sheet.person_id, sheet.printed_by_id) == (MAY, town.anna.id, town.tino.id)
    assert client.sign_in(town.ugo).get(answer.headers["Location"]).status_code == 404
    assert client.get(f"/fogli/stampa/{task}").status_code == 404


def test_the_office_prints_for_somebody_who_never_booked(client, app, town):
    with change(app):
        task = a_sheet(town, town.bruno).task_id
    page = client.sign_in(town.olga).visit(f"/fogli/stampa/{task}?nome=ferrar")
    assert "Anna Ferraris" in page.words
    client.send(page, button="Prepara i fogli da stampare")
    assert number_of(app, Sheet) == 2
    assert "Anna Ferraris" not in client.sign_in(town.tino).visit(f"/fogli/stampa/{task}?nome=ferrar").words


def scan(client, code, content: bytes, name: str):
    page = client.visit(f"/fogli/{code}")
    return client.submit(page, {"Scansione o foto del foglio": (io.BytesIO(content), name)}, button="Allega il file")


@pytest.fixture
def done(app, code, town) -> str:
    with change(app):
        entered(town, db.session.scalar(select(Sheet)), entry(5))
    return code


def test_the_scan_is_kept_with_the_sheet_and_without_its_place(client, app, done, town):
    page = scan(client.sign_in(town.olga), done, located(), "IMG 1.jpg")
    assert "Il file è allegato al foglio." in page.words
    answer = client.get(page.link("IMG 1.jpg"))
    assert answer.mimetype == "image/jpeg" and b"Telefono" not in answer.get_data()
    assert answer.headers["Content-Disposition"].startswith("attachment") and "sandbox" in answer.headers["Content-Security-Policy"]
    for stranger, status in ((town.oreste, 404), (town.tino, 403), (town.anna, 403)):
        assert client.sign_in(stranger).get(page.link("IMG 1.jpg")).status_code == status


def test_a_scan_of_another_sheet_is_not_here(client, app, done, town):
    page = scan(client.sign_in(town.olga), done, PDF, "a.pdf")
    with change(app):
        other = a_sheet(town, town.bruno).code
    assert client.get(page.link("a.pdf").replace(done, other)).status_code == 404


def test_what_is_no_scan_is_refused_and_too_much_is_not_read(client, app, done, town):
    client.sign_in(town.olga)
    page = scan(client, done, b"<html>", "foglio.pdf")
    assert (page.status, page.errors) == (422, ["Si possono allegare solo file PDF, oppure foto JPEG o PNG."])
    fields = {field["name"]: field["value"] for field in page.soup.select("form[enctype] input[type=hidden]")}
    boundary, body = encode_multipart(fields | {"file": FileStorage(io.BytesIO(bytes(uploads.LARGEST + 2 ** 17)), "foglio.pdf")})
    assert client.post(f"/fogli/{done}/scansione", data=body, content_type=f"multipart/form-data; boundary={boundary}").status_code == 413
    assert number_of(app, Upload) == 0


def send_file(client, page, content: bytes, button: str):
    return client.submit(page, {"File dei fogli (CSV)": (io.BytesIO(content), "fogli.csv")}, button=button)


def test_a_file_is_shown_first_and_imported_when_it_comes_again(client, app, code, town):
    content = f"foglio;giorno;inizio;fine;tutor\n{code};5;9;12;{town.tino.email}\n".encode()
    page = send_file(client.sign_in(town.olga), "/fogli/importa", content, "Controlla il file")
    assert page.status == 200 and "Fogli nuovi 1" in page.words and number_of(app, Attendance) == 0
    page = send_file(client, page, content, "Importa questo file")
    assert page.path == "/fogli" and "Registrati 1 fogli con 1 righe; 0 c'erano già." in page.words
    page = send_file(client, "/fogli/importa", content, "Controlla il file")
    assert "Non cambierebbe niente" in page.words and number_of(app, Attendance) == 1


def test_a_files_errors_are_named_by_line(client, app, code, town):
    content = f"foglio;giorno;inizio;fine\n{code};5;9;12\n{code};40;9;12\n".encode()
    page = send_file(client.sign_in(town.olga), "/fogli/importa", content, "Controlla il file")
    assert page.status == 422 and "3 Questo giorno non è nel mese del foglio." in page.words and number_of(app, Attendance) == 0


def test_hours_from_paper_say_where_they_come_from(client, app, done, town):
    with app.app_context():
        attendance = db.session.scalar(select(Attendance))
        number, state, task = attendance.id, attendance.state, db.session.scalar(select(Task))
        assert state is Hours.VALIDATED and task
    words = client.sign_in(town.anna).visit(f"/ore/registrate/{number}").words
    assert f"Foglio {written(done)}, firmato da Tino Robutti" in words and "Olga Prigione" in words
