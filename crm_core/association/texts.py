"""Words in several languages: a text by language code, English always among them, the others where somebody has translated."""

from collections.abc import Mapping

from crm_core.i18n import SOURCE

Texts = Mapping[str, str]  # language code → words


def said(texts: Texts, language: str) -> str:
    """Return a text in a language, in English where it has none in that; "" of no text at all."""
    return texts.get(language) or texts.get(SOURCE, "")
