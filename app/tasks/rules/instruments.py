"""What hours can count for."""
from app.base.words import Labelled, N_


class Instrument(Labelled):
    """What the hours of one booking count for."""

    BARATTO = "baratto", N_("Baratto amministrativo")
    TIMEBANK = "timebank", N_("Banca del tempo")
    CERTIFICATE = "certificate", N_("Solo attestato")


class CountsFor(Labelled):
    """What a task offers for its hours."""

    BARATTO = "baratto", N_("Baratto amministrativo")
    TIMEBANK = "timebank", N_("Banca del tempo")
    BOTH = "both", N_("Baratto o banca del tempo, a scelta")
    CERTIFICATE = "certificate", N_("Solo attestato")

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The first one is what a booking counts for when nobody chooses."""
        return (Instrument.BARATTO, Instrument.TIMEBANK) if self is CountsFor.BOTH else (Instrument(self.value),)
