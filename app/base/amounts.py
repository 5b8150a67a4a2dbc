"""How people write hours, euros, days and times of day in Italy, read forgivingly and never guessed."""
import re
from datetime import date, time, timedelta

from app.base.errors import Refusal
from app.base.words import N_

_HOURS_MINUTES = re.compile(r"(\d{1,4})\s*(?::|h|ore|ora|hours?)\s*(?:e\s*)?(\d{1,2})\s*(?:m|min|minuti|minutes?)?")
_MINUTES = re.compile(r"(\d{1,5})\s*(?:m|min|minuti|minuto|minutes?)")
_HOURS = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?\s*(?:h|ore|ora|hours?)?")
_EUROS = re.compile(r"(-?)(\d{1,3}(?:\.\d{3}){1,4}|\d{1,12})(?:,(\d{1,2}))?")
_EUROS_POINT = re.compile(r"(-?)(\d{1,12})\.(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})(?:\s*[/.\- ]\s*(\d{4}))?")
_DAY_MONTH = re.compile(r"(\d{1,2})[°º.]?\s*(?:di |of )?\s*([a-z]{3,9})\.?(?:,?\s*(\d{4}))?")
_MONTHS = tuple(zip(("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre",
                     "dicembre"), ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                                   "november", "december"), strict=True))
_NEAR = {"oggi": 0, "today": 0, "ieri": -1, "yesterday": -1, "domani": 1, "tomorrow": 1, "l'altro ieri": -2, "ieri l'altro": -2,
         "dopodomani": 2}
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.,h]?\s*(\d{2}))?\s*h?")


def minutes(text: str) -> int:
    """Whole minutes from "1:30", "1,5", "1h30", "90 min" or "2 ore"; a bare number is hours. Refuses parts of a minute."""
    words = " ".join(text.lower().split())
    if found := _HOURS_MINUTES.fullmatch(words):
        hours, rest = int(found[1]), int(found[2])
        if rest < 60:
            return hours * 60 + rest
    elif found := _MINUTES.fullmatch(words):
        return int(found[1])
    elif found := _HOURS.fullmatch(words):
        hundredths = int((found[2] or "0").ljust(2, "0")) * 60
        if hundredths % 100 == 0:
            return int(found[1]) * 60 + hundredths // 100
        raise Refusal(N_("Non è un numero intero di minuti. Scrivi per esempio 1:20."))
    raise Refusal(N_("Scrivi le ore così: 1:30, oppure 1,5, oppure 90 min."))


def cents(text: str) -> int:
    """Cents from "412,37", "1.250,00", "€ 80" or "80.50". Refuses what has two readings, such as "8.500"."""
    words = text.replace("€", "").replace("\u00a0", " ").strip().removesuffix("euro").strip()
    if re.fullmatch(r"-?\d{1,3}\.\d{3}", words):
        raise Refusal(N_("«%(text)s» si può leggere in due modi. Scrivi anche i centesimi, per esempio 8.500,00."), text=words)
    found = _EUROS_POINT.fullmatch(words) or _EUROS.fullmatch(words)
    if not found:
        raise Refusal(N_("Scrivi l'importo così: 412,37."))
    amount = int(found[2].replace(".", "")) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -amount if found[1] else amount


def day(text: str, today: date | None = None, *, toward: int = 0) -> date:
    """A calendar day from "6/6/2026", "06.06.2026", "2026-06-06", "6 giugno 2026".

    With `today` also from "6/6", "6 giugno", "ieri", "oggi": a day without a year is the one nearest to today, or with `toward` -1 the
    last one, with 1 the next one. Refuses a day that no calendar has.
    """
    words = " ".join(text.lower().replace("’", "'").split())
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
            return date.fromisoformat(words)
        if today and words in _NEAR:
            return today + timedelta(days=_NEAR[words])
        if (found := _DAY.fullmatch(words)) and (found[3] or today):
            return _dated(int(found[1]), int(found[2]), found[3], today, toward)
        if (found := _DAY_MONTH.fullmatch(words)) and (found[3] or today):
            months = [number for number, names in enumerate(_MONTHS, 1) if any(name.startswith(found[2]) for name in names)]
            if len(months) == 1:
                return _dated(int(found[1]), months[0], found[3], today, toward)
    except ValueError:
        raise Refusal(N_("Il giorno %(text)s non esiste nel calendario."), text=text.strip()) from None
    raise Refusal(N_("Scrivi il giorno così: 6/6/2026."))


def _dated(number: int, month: int, year: str | None, today: date | None, toward: int) -> date:
    if year:
        return date(int(year), month, number)
    date(2000, month, number)          # a leap year: what is not in it is in no year
    years = [today.year + distance for distance in range(-8, 9) if _exists(today.year + distance, month, number)]
    days = [date(each, month, number) for each in years]
    return min((each for each in days if (each - today).days * toward >= 0), key=lambda each: (abs(each - today), each))


def _exists(year: int, month: int, number: int) -> bool:
    try:
        return bool(date(year, month, number))
    except ValueError:
        return False


def time_of_day(text: str) -> time:
    """A wall time from "9", "ore 21", "9:30", "9.30", "0930" or "9h30"; "24:00" is refused, the day after begins at 0:00."""
    if found := _TIME.fullmatch(text.strip().lower().removeprefix("ore").strip()):
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Refusal(N_("Scrivi l'ora così: 9:30."))
