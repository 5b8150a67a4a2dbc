"""Words as the search sees them."""
import pytest

from app.base import stems


@pytest.mark.parametrize("said, written", [
    ("giardini", "giardino"), ("attivita", "Attività"), ("ATTIVITÀ", "attivita'"), ("anziano", "anziani"), ("biblioteche", "biblioteca"),
    ("parchi", "parco"), ("l'aiuola", "aiuole"), ("bambine", "bambini"), ("volontario", "volontari"),
    ("pulire", "pulire"), ("ﬁore", "fiori"),
])
def test_forms_of_a_word_meet(said, written):
    (sought,) = stems.wanted(said)
    assert set(sought.stems) & set(stems.terms(written).split())


@pytest.mark.parametrize("said, written", [("scuola", "scuderia"), ("orto", "ortodosso"), ("verde", "verdetto")])
def test_different_words_do_not(said, written):
    (sought,) = stems.wanted(said)
    assert not set(sought.stems) & set(stems.terms(written).split())


def test_only_the_last_word_may_be_half_written():
    first, last = stems.wanted("cura giar")
    assert (first.beginning, last.beginning) == ("", "giar")
    assert stems.wanted("bo")[0].beginning == ""


@pytest.mark.parametrize("text", ["", "  ", "il", "per la", "?!", "\0", "di con su", "l'"])
def test_words_that_mean_nothing_are_not_looked_for(text):
    assert stems.wanted(text) == [] and stems.terms(text) == ""


def test_what_is_stored_has_bounds():
    kept = stems.terms(" ".join(f"parola{number}" for number in range(3000)), "x" * 5000)
    assert len(kept) <= 6000 and max(map(len, kept.split())) <= 40
    assert len(stems.wanted("uno due " * 50)) == 8
