"""The cards of accuracy: what was measured and on what, which languages are covered, and how far people here agree with the scorer."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import t
from crm_core.records.corrections import corrections_for_accuracy
from crm_core.sentiment import evaluating
from crm_core.telling.feedback_words import REASONS, aspect, coverage_said
from crm_core.ui import accuracy_words as words
from crm_core.ui.load import load, look
from crm_core.ui.parts import chart, mode, panel, small, table_height
from crm_core.ui.text import safe


def _hundred(x: float) -> str:
    return formats.percent(x / 100, 0)


# --- measured before -------------------------------------------------------------------------------------------------------------
def measured() -> None:
    """How often the tone was told right in each language, on the labelled set that is shipped."""
    table = evaluating.table()
    with panel(words.measured_title(table), t("Praise or blame told right, with 95% interval · neutral and mixed reviews are not measured")):
        if table is None:
            small(safe(t("The file of measurements is not there. The command python -m crm_core sentiment evaluate makes it.")), grey=True)
            return
        rows = words.languages(table)
        tones = ["accent" if row.tier.startswith("validated") else "line" for row in rows.itertuples()]
        chart(interval.forest(mode(), [formats.language_name(row.lang) for row in rows.itertuples()], 100 * rows["accuracy"], 100 * rows["low"],
                              100 * rows["high"], [words.language_said(row) for row in rows.itertuples()], tones=tones, say=_hundred),
              words.measured_title(table), key="accuracy_languages")
        small(safe(t("Blue: languages that count in averages · scorer {version}, measured on {day}", version=table["version"], day=_day(table["date"]))), grey=True)


def _day(written: str) -> str:
    return formats.date(pd.Timestamp(written).date())


def honest() -> None:
    """Where the measuring texts come from, and what therefore they cannot tell."""
    table = evaluating.table()
    with panel(t("Read these figures as an order of magnitude"), t("What they were measured on")):
        st.markdown(safe(t("The labelled reviews were written and labelled by a language model for this project. Nobody has checked them: no native reader, "
                           "no hotelier. They are few, and tidier than what guests write.")))
        st.markdown(safe(t("Real reviews are messier: expect less than what stands here. What holds for your house only your own labels can tell.")))
        if table:
            n = sum(row["n"] for row in table["languages"].values())
            small(safe(t("{n} reviews in {languages} languages; labels unchecked in {unchecked} of them", n=formats.count(n),
                         languages=formats.count(len(table["languages"])), unchecked=formats.count(len(table["unchecked"])))), grey=True)


def details() -> None:
    """The other measures of each language, and how well each aspect is found."""
    if not (table := evaluating.table()):
        return
    with panel(words.aspects_title(table), t("Found of what the reviews speak of, and right of what was found · all languages")):
        rows = pd.DataFrame([{"aspect": name, **row} for name, row in table["aspects"].items() if name != "general"]).sort_values("recall", ascending=False)
        st.dataframe(pd.DataFrame({t("Aspect"): [aspect(a) for a in rows["aspect"]], t("Reviews"): [formats.count(n) for n in rows["n"]],
                                   t("Found"): [_share(x) for x in rows["recall"]], t("Right"): [_share(x) for x in rows["precision"]]}),
                     hide_index=True, row_height=34, height=table_height(len(rows)), alt=t("How well each aspect is found"))
        with st.expander(t("All measures by language")):
            _measures(words.languages(table))


def _measures(rows: pd.DataFrame) -> None:
    numbers = {t("Macro-F1"): "macro_f1", t("Sure answers"): "sure", t("Right when sure"): "sure_accuracy", t("Language told"): "language_right",
               t("Aspects found"): "aspect_recall", t("Aspects right"): "aspect_precision", t("Error of confidence"): "ece"}
    shown = {t("Language"): [formats.language_name(lang) for lang in rows["lang"]]} | {name: [_share(x) for x in rows[key]] for name, key in numbers.items()}
    st.dataframe(pd.DataFrame(shown), hide_index=True, row_height=34, height=table_height(len(rows)), alt=t("All measures by language"))
    small(safe(t("Sure: confidence of 80% or more. Error of confidence: how far confidence lies from the share that is right, on average.")), grey=True)


def _share(x: float | None) -> str:
    return formats.DASH if x is None or pd.isna(x) else formats.percent(x, 0)


# --- what is covered --------------------------------------------------------------------------------------------------------------
def coverage() -> None:
    """The reviews of the period by language: how far each is covered, and how many of its texts were scored."""
    found = load("review_coverage")
    with panel(t("Which languages are read"), t("Reviews with words of the period")):
        for name, colour, meaning in words.TIERS.values():
            small(f":{colour}-badge[{safe(t(name))}] {safe(t(meaning))}")
        if not found["texts"].sum():
            small(safe(t("No texts in this period.")), grey=True)
            return
        _covered(found[found["texts"] > 0])
        small(safe(coverage_said(found)), grey=True)
        if (found["reason"] == "no_scorer").any():
            st.warning(t("No scorer is installed here: install the requirements, and the background worker reads what waits."), icon=":material/error:")


def _covered(found: pd.DataFrame) -> None:
    named = lambda key: t(words.TIERS[key][0]) if key in words.TIERS else t("not read yet")  # noqa: E731
    table = pd.DataFrame({
        t("Language"): [formats.language_name(lang) if lang and lang != "und" else t("Not clear") for lang in found["language"]],
        t("Coverage"): [named(key) for key in found["coverage"]], t("Texts"): [formats.count(n) for n in found["texts"]],
        t("Scored"): [formats.percent(row.scored / row.texts, 0) for row in found.itertuples()],
        t("Mostly left out as"): [t(REASONS.get(reason, "")) if isinstance(reason, str) and reason in REASONS else "" for reason in found["reason"]]})
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 10), alt=t("Languages and how many texts were scored"))


# --- judged here ------------------------------------------------------------------------------------------------------------------
def agreement() -> None:
    """How often people of this house said what the scorer had said."""
    found = look(corrections_for_accuracy)
    with panel(words.agreement_title(found), t("Your corrections and labels against what the scorer had said, with 95% interval")):
        rows = words.agreement(found)
        if rows.empty:
            small(safe(t("Nobody has corrected or confirmed a label here yet.")), grey=True)
            return
        enough = rows["n"] >= words.FEWEST
        names = [f"{formats.language_name(row.language)} · {t('reviews') if row.what == 'review' else t('clauses')}" for row in rows.itertuples()]
        column = lambda name: (100 * rows[name]).where(enough)  # noqa: E731
        chart(interval.forest(mode(), names, column("share"), column("low"), column("high"), [words.agreement_said(row) for row in rows.itertuples()],
                              say=_hundred), words.agreement_title(found), key="accuracy_here")
        small(safe(t("People correct what is wrong more often than they confirm what is right, so this leans low. "
                     "The draw below is fair: it is random.")), grey=True)
