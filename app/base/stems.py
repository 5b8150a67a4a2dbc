"""Words as a search sees them: without accents, and one stem for all forms of a word ("giardini" meets "giardino").

Pure. What is stored and what is looked for both pass through here; the database only compares letters.
"""
import re
import unicodedata
from dataclasses import dataclass

import snowballstemmer

# Words that say nothing about what somebody looks for, folded as below.
EMPTY = frozenset("""
    a ad agli ai al alla alle allo anche avere c che chi ci col come con cosa cui d da dagli dai dal dalla dalle dallo degli dei del dell
    della delle dello di dove e ed essere fa fanno far fare fra gli ha hai hanno ho i il in io l la le lei lo loro lui m ma me mi mia mie
    miei mio n ne negli nei nel nella nelle nello noi non nostra nostro o od ogni ora per perche piu qualche quale quando quella quelle
    quelli quello questa queste questi questo qui s se sei senza si sia solo sono su sua sue sugli sui sul sulla sulle sullo suo suoi t
    ti tra tu tua tue tuo tuoi tutta tutte tutti tutto un una uno v vi voglio voi vorrei vostra vostro
    """.split())
WORD = re.compile(r"[^\W_]+")
NOUN = re.compile(r"(?<=[^\W_]{3})h?i?[aeiou]$")


def fold(text: str) -> list[str]:
    """The words of a text in lower case, without accents and signs, in order. A word is cut after 40 letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return [word[:40] for word in WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))]


def stems(words: list[str]) -> list[set[str]]:
    """The stems of folded words, as two ways of cutting see them.

    Snowball knows many endings, but takes some nouns for verbs ("anziano" is not "anziani" to it); a noun without its last vowels is.
    """
    snowball = snowballstemmer.stemmer("italian").stemWords(words)       # one for each call: a stemmer keeps its place in the word
    return [{stem, NOUN.sub("", word) or word} for word, stem in zip(words, snowball, strict=True)]


def terms(*texts: str, longest: int = 6000) -> str:
    """What is stored of some texts: their words and the stems of these, each once, by blanks; at most `longest` characters.

    The words stay beside their stems, so that the beginning of a word finds it too.
    """
    words = sorted({word for text in texts for word in fold(text)} - EMPTY)
    kept = " ".join(sorted({*words}.union(*stems(words))))
    return kept if len(kept) <= longest else kept[:longest].rsplit(" ", 1)[0]


@dataclass(frozen=True)
class Wanted:
    """One word that somebody looks for: any of its stems, or a word that begins with these letters ("" when that is not meant)."""

    stems: tuple[str, ...]
    beginning: str = ""


def wanted(text: str, most: int = 8) -> list[Wanted]:
    """What a person looks for, all of it; the last word may be half written, from three letters on.

    Words that say nothing, and all words after the first `most`, do not narrow a search.
    """
    words = [word for word in fold(text) if word not in EMPTY][:most]
    found = [Wanted(tuple(sorted(each))) for each in stems(words)]
    if words and len(words[-1]) >= 3:
        found[-1] = Wanted(found[-1].stems, words[-1])
    return found
