"""Right answers and own ones in words: an option's, or a number with its unit."""

from crm_core.association.lessons import Question
from crm_core.association.texts import said
from crm_core.formats import decimal
from crm_core.i18n import language


def key_words(question: Question, key: float | str) -> str:
    """Return a right answer in the language in use: the option's words, or the number to three figures with its unit."""
    if question.kind == "choice":
        return option_words(question, str(key))
    return f"{_number(float(key))} {said(question.unit, language())}".strip()


def answer_words(question: Question, answer: str) -> str:
    """Return an answer as it was given, in the language in use where it is an option."""
    return option_words(question, answer) if question.kind == "choice" else f"{answer} {said(question.unit, language())}".strip()


def option_words(question: Question, key: str) -> str:
    """Return the words of an option, its key where there is none of it."""
    return next((said(words, language()) for option, words in question.options if option == key), key)


def _number(x: float) -> str:
    digits = 0 if abs(x) >= 100 else 1 if abs(x) >= 10 else 2
    return decimal(x, 0 if x == int(x) else digits)
