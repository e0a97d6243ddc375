"""A message is found in the reader's language, and a faulty translation never costs more than that message's translation."""

import gettext
from concurrent.futures import ThreadPoolExecutor
from string import Formatter

import pytest

from crm_core import i18n
from crm_core.i18n import catalogues


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture
def translations(monkeypatch):
    """Replaces the Armenian catalogue by the given messages."""

    class Given(gettext.NullTranslations):
        def __init__(self, messages):
            super().__init__()
            self.messages = messages

        def gettext(self, message):
            return self.messages.get(message, message)

        def ngettext(self, singular, plural, n):
            return self.messages.get(singular, singular if n == 1 else plural)

    def give(**messages):
        real = i18n._catalogue
        monkeypatch.setattr(i18n, "_catalogue", lambda code: Given(messages) if code == "hy" else real(code))
        i18n.use("hy")

    return give


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("asked", "spoken"), [
    ("am", "am"), ("si-LK", "si"), ("hy_AM", "hy"), ("HY", "hy"), ("de", "en"), ("", "en"), (None, "en"), ("../am", "en"),
])
def test_regional_tags_are_understood_and_unknown_languages_mean_english(asked, spoken):
    i18n.use(asked)
    assert i18n.language() == spoken


@pytest.mark.parametrize(("language", "text"), [("en", "874 of 3,312"), ("am", "ከ3,312 874"), ("si", "3,312න් 874"), ("hy", "3,312-ից 874")])
def test_a_translation_may_turn_the_order_of_its_values(language, text):
    i18n.use(language)
    assert i18n.t("{k} of {n}", k="874", n="3,312") == text


def test_a_message_without_translation_stays_english():
    i18n.use("hy")
    assert i18n.t("No such message for {name}", name="Selam") == "No such message for Selam"
    assert i18n.tn("{n} unheard-of", "{n} unheard-ofs", 3) == "3 unheard-ofs"
    assert i18n.t("") == ""


@pytest.mark.parametrize("broken", ["{nome} hyuranots", "{name", "{name.age}", "{0}", "{name:d}", "{name[x]}"])
def test_a_broken_placeholder_falls_back_to_english(translations, broken):
    translations(**{"Guest {name}": broken, "{name} guest": broken})
    assert i18n.t("Guest {name}", name="Selam") == "Guest Selam"
    assert i18n.tn("{name} guest", "{name} guests", 2, name="Selam") == "Selam guests"


def test_a_value_that_was_forgotten_shows_the_message_instead_of_failing():
    assert i18n.t("Guest {name}") == "Guest {name}"


def test_values_are_never_read_as_placeholders():
    assert i18n.t("Guest {name}", name="{n} {0}") == "Guest {n} {0}"


@pytest.mark.parametrize(("language", "one", "none", "many"), [("en", "1 day", "0 days", "5 days"), ("am", "1 ቀን", "0 ቀን", "5 ቀናት"),
                                                       ("si", "දින 1", "දින 0", "දින 5"), ("hy", "1 օր", "0 օր", "5 օր")])
def test_each_language_counts_in_its_own_plural(language, one, none, many):
    i18n.use(language)
    assert [i18n.tn("{n} day", "{n} days", n) for n in (1, 0, 5)] == [one, none, many]


def test_the_count_may_be_passed_as_text():
    assert i18n.tn("{n} guest", "{n} guests", 10_930, n="10,930") == "10,930 guests"
    assert i18n.tn("{n} night", "{n} nights", 0.5) == "0.5 nights"


def test_all_spellings_lets_a_label_be_read_back_in_another_language():
    assert i18n.all_spellings("{k} of {n}") == {"{k} of {n}", "ከ{n} {k}", "{n}න් {k}", "{n}-ից {k}"}


def test_the_language_of_one_session_does_not_reach_another():
    i18n.use("am")
    with ThreadPoolExecutor(1) as other:
        assert other.submit(i18n.language).result() == "en"


def test_a_marked_message_is_itself():
    assert i18n.N_("Occupancy") == "Occupancy"


@pytest.mark.parametrize("code", catalogues.TRANSLATED)
def test_a_catalogue_states_its_language_and_two_plural_forms(code):
    catalogue = catalogues.read(code)
    assert (str(catalogue.locale), catalogue.num_plurals) == (code, 2)
    assert catalogue.plural_expr == ("(n > 1)" if code == "am" else "(n != 1)")


@pytest.mark.parametrize("code", catalogues.TRANSLATED)
def test_translations_use_exactly_the_placeholders_of_their_message(code):
    wrong = []
    for message in catalogues.read(code):
        sources = message.id if message.pluralizable else (message.id,)
        translated = message.string if message.pluralizable else (message.string,)
        wrong += [text for text in translated if message.id and text and placeholders(text) != placeholders(sources[-1])]
    assert wrong == []


def test_extraction_finds_each_kind_of_mark_and_names_only_the_file(tmp_path, monkeypatch):
    (tmp_path / "app.py").write_text('t("Guests")\ntn("{n} stay", "{n} stays", 2)\nNAME = N_("Occupancy")\nother("Not this")\n')
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    found = {message.id: message.locations for message in catalogues.template() if message.id}
    assert found == {"Guests": [("app.py", None)], ("{n} stay", "{n} stays"): [("app.py", None)], "Occupancy": [("app.py", None)]}


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A project of one file with catalogues of its own."""
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    return tmp_path


def test_updating_keeps_translations_drops_old_messages_and_repeats_itself_exactly(workshop):
    (workshop / "app.py").write_text('t("Guests")\nt("Gone")\n')
    catalogues.update()
    hy = workshop / "hy.po"
    hy.write_text(hy.read_text().replace('msgid "Guests"\nmsgstr ""', 'msgid "Guests"\nmsgstr "Հյուրեր"'))
    (workshop / "app.py").write_text('\n\nt("Arrivals")\nt("Guests")\n')
    catalogues.update()
    once = hy.read_text()
    catalogues.update()
    assert hy.read_text() == once
    assert 'msgstr "Հյուրեր"' in once
    assert "Gone" not in once
    assert catalogues.untranslated("hy") == ["Arrivals"]


def test_a_plural_counts_as_translated_only_with_all_its_forms(workshop):
    (workshop / "app.py").write_text('tn("{n} stay", "{n} stays", 2)\n')
    catalogues.update()
    am = workshop / "am.po"
    am.write_text(am.read_text().replace('msgstr[0] ""', 'msgstr[0] "{n} ቆይታ"'))
    assert catalogues.untranslated("am") == ["{n} stay"]
    am.write_text(am.read_text().replace('msgstr[1] ""', 'msgstr[1] "{n} ቆይታዎች"'))
    assert catalogues.untranslated("am") == []
