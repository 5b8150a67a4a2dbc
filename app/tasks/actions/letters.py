"""What people are told about tasks, shifts and places. Each letter is written in the transaction of the fact, once, in Italian."""
from app.base import outbox
from app.base.clock import now
from app.base.i18n import clock_time, day, force_locale, gettext as _, moment, short_day
from app.people.models import Person
from app.tasks import queries
from app.tasks.models import Booking, QualificationHeld, Shift, Task


def _write(key: str, person: Person, subject: str, body: str) -> None:
    """A letter with a greeting. The key says the fact and the person."""
    outbox.write(f"{key} {person.id}", person.email, subject, _("Ciao %(name)s,", name=person.given_name) + "\n" + body)


def _what(shift: Shift) -> dict:
    return {"task": shift.task.title, "day": day(shift.starts_at), "time": clock_time(shift.starts_at)}


def shift_cancelled(shift: Shift, reason: str) -> None:
    """To everybody who has, waits for, or was offered a place."""
    with force_locale("it"):
        for booking in queries.people_in([shift])[shift.id]:
            _write(f"shift {shift.id} cancelled", booking.person, _("Turno annullato: %(task)s, %(day)s", **_what(shift)),
                   _("il turno di %(day)s alle %(time)s è stato annullato dall'ente.\nMotivo: %(reason)s\n"
                     "Non devi fare niente: non conta come assenza.", **_what(shift), reason=reason))


def shift_moved(shift: Shift, was: str) -> None:
    """To everybody who has, waits for, or was offered a place. `was`: the moment when it was to begin."""
    with force_locale("it"):
        for booking in queries.people_in([shift])[shift.id]:
            _write(f"shift {shift.id} moved {shift.version}", booking.person, _("Turno spostato: %(task)s, %(day)s", **_what(shift)),
                   _("il turno che iniziava il %(was)s è stato spostato: ora inizia %(day)s alle %(time)s e finisce alle %(end)s.\n"
                     "Se così non puoi venire, disdici dalla tua area personale: fino all'inizio del turno sei libero di farlo.",
                     was=was, end=clock_time(shift.ends_at), **_what(shift)))


def place_changed(task: Task, shifts: list[Shift]) -> None:
    """To everybody who has, waits for, or was offered a place in one of these shifts, once: one meets elsewhere."""
    first: dict[Person, Shift] = {}
    found = queries.people_in(shifts)
    for shift in sorted(shifts, key=lambda shift: shift.starts_at):
        for booking in found[shift.id]:
            first.setdefault(booking.person, shift)
    with force_locale("it"):
        for person, shift in first.items():
            _write(f"task {task.id} place {now().isoformat()}", person, _("Cambia il posto: %(task)s", task=task.title),
                   _("dal turno di %(day)s alle %(time)s in poi ci si trova qui: %(address)s.", address=task.address, **_what(shift)))


def place_offered(booking: Booking) -> None:
    with force_locale("it"):
        _write(f"booking {booking.id} offered", booking.person, _("Si è liberato un posto: %(task)s, %(day)s", **_what(booking.shift)),
               _("si è liberato un posto nel turno di %(day)s alle %(time)s, ed è il tuo turno nella lista d'attesa.\n"
                 "Rispondi entro il %(until)s, dalla tua area personale. Poi il posto passa a chi viene dopo di te.",
                 until=moment(booking.offered_until), **_what(booking.shift)))


def offer_lapsed(booking: Booking) -> None:
    with force_locale("it"):
        _write(f"booking {booking.id} lapsed", booking.person, _("Offerta scaduta: %(task)s, %(day)s", **_what(booking.shift)),
               _("non hai risposto in tempo, e il posto nel turno di %(day)s alle %(time)s è passato ad altri.\n"
                 "Se ti interessa ancora, rimettiti in lista d'attesa.", **_what(booking.shift)))


def stand_in_sought(booking: Booking) -> None:
    """To the host: somebody does not come, and said so after the cut-off."""
    with force_locale("it"):
        for host in queries.hosts(booking.shift.task.organisation_id):
            _write(f"booking {booking.id} withdrawn", host, _("Una persona non viene: %(task)s, %(day)s", **_what(booking.shift)),
                   _("%(person)s ha avvisato che non viene al turno di %(day)s alle %(time)s.\n"
                     "Il posto è di nuovo libero: lo offriamo a chi aspetta, e in bacheca.",
                     person=booking.person.short_name, **_what(booking.shift)))


def replaced(booking: Booking) -> None:
    with force_locale("it"):
        _write(f"booking {booking.id} replaced", booking.person, _("Hai un sostituto: %(task)s, %(day)s", **_what(booking.shift)),
               _("un'altra persona viene al tuo posto nel turno di %(day)s alle %(time)s. Non conta come assenza.", **_what(booking.shift)))


def reminder(booking: Booking) -> None:
    with force_locale("it"):
        _write(f"booking {booking.id} reminder {booking.shift.version}", booking.person,
               _("Promemoria: %(task)s, %(day)s", **_what(booking.shift)),
               _("ti aspettiamo %(day)s alle %(time)s. Ci si trova qui: %(address)s.\n"
                 "Se non puoi venire, avvisa subito dalla tua area personale: un'altra persona può prendere il posto.",
                 address=booking.shift.task.address, **_what(booking.shift)))


def expires_soon(held: QualificationHeld) -> None:
    """What it is stands in the letter, not on the envelope: it may be a fitness."""
    with force_locale("it"):
        _write(f"qualification {held.id} expires", held.person, _("Un tuo requisito sta per scadere"),
               _("«%(name)s» vale fino al %(day)s. Dopo, non puoi più prenotare i turni che lo chiedono.\n"
                 "Se lo rinnovi, porta il documento all'ufficio del Comune: lo conferma di nuovo.",
                 name=held.qualification.name, day=short_day(held.last_day)))


def task_decided(task: Task, key: str, reason: str = "") -> None:
    """To who proposed the task: what the office decided, and why."""
    if task.declared_by is None:
        return
    with force_locale("it"):
        said = _("Il Comune ha restituito l'attività «%(task)s». Correggila e proponila di nuovo.\nMotivo: %(reason)s",
                 task=task.title, reason=reason) if reason else _(
            "Il Comune ha accettato l'attività «%(task)s». Ora puoi aprire le prenotazioni.", task=task.title)
        _write(f"task {task.id} decided {key}", task.declared_by, _("La tua proposta: %(task)s", task=task.title), said)
