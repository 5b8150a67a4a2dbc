"""What a night compares, in order: one table for the runner, the page and the auditor. Every check reads; none repairs."""
from collections.abc import Callable
from typing import NamedTuple

from app.base.words import N_
from app.reconciliation.queries import agreements, hours, ledger, letters, offsets, taxes
from app.reconciliation.queries.comparing import Compared


class Check(NamedTuple):
    name: str
    title: str
    says: str                          # of one difference: %(expected)s and %(found)s are written in its unit. Seals speak for themselves
    compare: Callable[..., Compared]
    looks_back: bool = False           # over all transfers, or only over those that are new

    def run(self, comune_id: int, *, full: bool) -> Compared:
        """Compare, in the caller's snapshot."""
        return self.compare(comune_id, full=full) if self.looks_back else self.compare(comune_id)


CHECKS = (
    # Before the balances: only where the seals hold, the checkpoints may move forward.
    Check("seals", N_("Il registro è quello sigillato: nessuno ha cambiato, tolto o aggiunto movimenti"), "",
          ledger.sealed, looks_back=True),
    Check("balances", N_("I saldi del registro sono la somma dei loro movimenti"),
          N_("La somma dei movimenti è %(expected)s, il saldo scritto è %(found)s. I movimenti sono %(true_seq)s, quelli contati "
             "%(stored_seq)s."), ledger.balances, looks_back=True),
    Check("town_sums", N_("Il registro del Comune è in pari: quello che esce da un conto entra in un altro"),
          N_("La somma di tutti i conti dovrebbe essere %(expected)s ed è %(found)s."), ledger.town_sums),
    Check("time_bank_sums", N_("Ogni banca del tempo è in pari: la somma di tutti i suoi conti è zero"),
          N_("La somma di tutti i conti dovrebbe essere %(expected)s ed è %(found)s."), ledger.time_bank_sums),
    Check("holds", N_("Ore ed euro riservati su un conto sono quelli delle sue riserve aperte"),
          N_("Le riserve aperte fanno %(expected)s, sul conto c'è scritto %(found)s."), ledger.held),
    Check("limits", N_("Nessun conto è sotto il suo minimo o sopra il suo massimo"),
          N_("Il limite del conto è %(expected)s, il saldo è %(found)s."), ledger.limits),
    Check("certificate_totals", N_("Il totale di ogni attestato è la somma delle sue righe"),
          N_("Le righe dell'attestato fanno %(expected)s, il totale scritto è %(found)s."), hours.certificate_totals),
    Check("certificate_lines", N_("Ogni riga di un attestato ha i minuti del turno convalidato"),
          N_("Il turno dura %(expected)s, la riga dell'attestato %(certificate)s dice %(found)s."), hours.certificate_lines),
    Check("certified_once", N_("Ogni turno certificato sta in un solo attestato, e nessun altro turno"),
          N_("Le righe di attestato per questo turno dovrebbero essere %(expected)s e sono %(found)s."), hours.certified_once),
    Check("validated_in_ledger", N_("Le ore convalidate sono quelle del registro"),
          N_("Il turno vale %(expected)s, nel registro ci sono %(found)s."), hours.validated_in_ledger),
    Check("certificates_in_ledger", N_("Gli attestati sono quelli del registro"),
          N_("L'attestato vale %(expected)s, nel registro ci sono %(found)s."), hours.certificates_in_ledger),
    Check("hours_held", N_("I conti delle ore di ogni patto dicono quello che resta"),
          N_("Secondo turni, attestati e riduzioni restano %(expected)s, sul conto ci sono %(found)s."), agreements.hours_held),
    Check("overlaps", N_("Nessuno ha ore convalidate due volte per lo stesso tempo"),
          N_("Questo turno si sovrappone al turno %(found)s della stessa persona."), hours.overlaps),
    Check("supplements", N_("Le ore riconosciute dall'ufficio non superano il tempo passato"),
          N_("Il tempo passato è %(expected)s, le due parti insieme fanno %(found)s."), hours.supplements),
    Check("live_certificates", N_("Un attestato è impegnato solo da una riduzione in corso o concessa"),
          N_("L'attestato dovrebbe essere impegnato %(expected)s volte ed è impegnato %(found)s volte."), offsets.live_certificates),
    Check("offset_minutes", N_("Le ore di ogni riduzione sono quelle dei suoi attestati"),
          N_("Gli attestati fanno %(expected)s, la riduzione conta %(found)s."), offsets.offset_minutes),
    Check("offset_lines", N_("L'importo di ogni riduzione è la somma delle sue righe"),
          N_("Le righe fanno %(expected)s, l'importo scritto è %(found)s."), offsets.offset_lines),
    Check("offset_value", N_("Nessuna riduzione supera il valore delle ore o il debito del momento"),
          N_("Il massimo calcolato è %(expected)s, l'importo è %(found)s."), offsets.offset_value),
    Check("offset_minutes_in_ledger", N_("Le ore usate dalle riduzioni concesse sono quelle del registro"),
          N_("La riduzione usa %(expected)s, nel registro ci sono %(found)s."), offsets.minutes_in_ledger),
    Check("offset_euros_in_ledger", N_("Gli importi delle riduzioni concesse sono quelli del registro"),
          N_("La riduzione vale %(expected)s, nel registro ci sono %(found)s."), offsets.euros_in_ledger),
    Check("caps", N_("Nessuna persona e nessuna famiglia supera i massimi dell'anno"),
          N_("Il massimo dell'anno è %(expected)s, le riduzioni concesse fanno %(found)s."), offsets.caps),
    Check("cap_counters", N_("I contatori dei massimi dell'anno dicono quello che è stato concesso"),
          N_("Le riduzioni concesse fanno %(expected)s, il contatore dice %(found)s."), offsets.cap_counters),
    Check("budgets", N_("I fondi di ogni bando sono quelli liberi, più quelli impegnati, più quelli usati"),
          N_("I fondi del bando sono %(expected)s, la somma delle parti è %(found)s."), agreements.budgets),
    Check("reliefs", N_("Le riduzioni su ogni voce di bolletta sono quelle del registro"),
          N_("Le riduzioni concesse fanno %(expected)s, nel registro ci sono %(found)s."), taxes.reliefs),
    Check("residuals", N_("Nessuna riduzione supera quello che resta da pagare"),
          N_("Tolto il pagato restano %(expected)s, la riduzione è %(found)s."), taxes.residuals),
    Check("exported_lines", N_("Ogni riduzione inviata ai tributi è nel file, una volta sola"),
          N_("Nel file dovrebbero esserci %(expected)s e ci sono %(found)s."), taxes.exported_lines),
    Check("export_rows", N_("Ogni riga inviata ai tributi viene da una riduzione concessa"),
          N_("La riduzione vale %(expected)s, la riga del file %(export)s dice %(found)s."), taxes.export_rows),
    Check("export_totals", N_("Il totale di ogni file inviato è la somma delle sue righe"),
          N_("Le righe fanno %(expected)s, il totale scritto è %(found)s."), taxes.export_totals),
    Check("export_files", N_("I file inviati non sono cambiati"),
          N_("Il testo conservato non è più quello inviato: l'impronta SHA-256 è diversa."), taxes.export_files),
    Check("feed", N_("Le riduzioni applicate dall'ufficio tributi sono quelle che abbiamo inviato"),
          N_("%(bucket)s: noi abbiamo inviato %(expected)s, l'ufficio tributi ha applicato %(found)s."), taxes.feed),
    Check("households", N_("Chi ha più patti in un anno li ha con la stessa famiglia"),
          N_("I patti dell'anno contano in %(found)s famiglie diverse: dovrebbe essere una sola. I massimi di famiglia vanno riguardati."),
          agreements.households),
    Check("agreements_over", N_("Nessun patto scaduto da più di sessanta giorni è ancora aperto"),
          N_("Il patto è scaduto da %(found)s ed è ancora aperto. Il massimo è %(expected)s."), agreements.over),
    Check("hours_waiting", N_("Nessuna registrazione di ore aspetta da più di dieci giorni"),
          N_("Le ore aspettano da %(found)s. Il massimo è %(expected)s."), hours.waiting),
    Check("disputes_waiting", N_("Nessuna contestazione aspetta la decisione da più di dieci giorni"),
          N_("La contestazione aspetta da %(found)s. Il massimo è %(expected)s."), hours.undecided),
    Check("sessions_open", N_("Nessuna attività è rimasta senza uscita"),
          N_("Manca l'ora di uscita: la deve dire la persona o il tutor."), hours.left_open),
    Check("proposals_waiting", N_("Nessuna proposta di riduzione aspetta da più di trenta giorni"),
          N_("La proposta aspetta da %(found)s. Il massimo è %(expected)s."), offsets.proposals_waiting),
    Check("exports_waiting", N_("Nessuna riduzione approvata aspetta l'invio da più di trenta giorni"),
          N_("La riduzione aspetta l'invio da %(found)s. Il massimo è %(expected)s."), offsets.exports_waiting),
    Check("letters", N_("Nessuna lettera aspetta l'invio da più di un giorno"),
          N_("Le lettere ferme da più di un giorno sono %(found)s."), letters.unsent),
)
