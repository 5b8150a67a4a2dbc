"""Codes that people read from paper or a screen and type: which letters they have, and how they are read back."""

ALPHABET = "23456789CDFHJKLMNPRTVWX"               # without the vowels, and without 0 1 B G I O Q S Z, which look like others
CHECK = 11                                         # the second letter's weight: two letters that change places are noticed


def plain(typed: str) -> str:
    """A code as it is stored: capitals, without the blanks and hyphens that make it easy to read."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def check_letter(body: str) -> str:
    """The letter that follows a code, so that one wrong letter, or two in the wrong order, open nothing."""
    total = 0
    for letter in body:
        total = total * CHECK + ALPHABET.index(letter) + 1
    return ALPHABET[total % len(ALPHABET)]


def holds(code: str) -> bool:
    """Its check letter fits; anything else was never printed."""
    return len(code) > 1 and set(code) <= set(ALPHABET) and check_letter(code[:-1]) == code[-1]
