"""The header of a page: its title and the global filters, which live in the URL in any of the four languages."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, all_spellings, t, tn
from crm_core.records.segments import segments
from crm_core.rule import Segment
from crm_core.scope import Period, Scope, default_period
from crm_core.ui.load import View, load, look, narrow, view
from crm_core.ui.text import plain, safe
from crm_core.views import COMPARISONS, EVERYONE, PERIODS, WHO, period_of, segment_of


def header(title: str) -> Scope:
    """Draw a page's title, filters and the grey line under them; return the scope that was chosen and use it for the run."""
    shown = view()
    left, right = st.columns([1, 3.2], vertical_alignment="center")
    left.header(title, anchor=False)
    saved = tuple(look(segments))
    with right, st.grid(6, min_column_width=128, gap="xsmall"):
        scope = _chosen(shown, saved)
    narrow(scope, saved)
    st.markdown(_said(shown, scope))
    return scope


def _chosen(shown: View, saved: tuple[dict, ...]) -> Scope:
    """Draw the filters and return the scope they make; what a person may not see is not among the options and never kept."""
    places = load("properties", shown.scope).set_index("property_id")["name"]
    channels = load("channels", shown.scope).set_index("channel")["name"]
    chosen = _several("properties", t("Properties"), places.to_dict(), t("All properties"))
    code = one("period", t("Period"), PERIODS)
    comparison = one("comparison", t("Comparison"), COMPARISONS)
    via = _several("channels", t("Channels"), channels.to_dict(), t("All channels"))
    who = one("who", t("Stays"), WHO)
    segment = _among(saved)
    period = _dates(shown.scope.as_of) if code == "dates" else period_of(code, shown.scope.as_of)
    kept = tuple(p for p in chosen if p in shown.visitor.properties) or shown.visitor.properties
    return replace(
        shown.scope, properties=kept, period=period, comparison=comparison, channels=tuple(sorted(via)), identified=who == "guests", segment=segment
    )


def _among(saved: tuple[dict, ...]) -> Segment | None:
    """Draw the choice of a saved segment; the URL bears its name, and understands its number. One that is gone is no choice."""
    names = {EVERYONE: t("All guests"), **{str(row["id"]): plain(row["name"]) for row in saved}}
    _translate("among", {**dict.fromkeys(all_spellings("All guests"), EVERYONE), **{code: code for code in names if code not in names.values()}}, names)
    if st.session_state.get("among") not in names:  # put away since it was chosen
        st.session_state.pop("among", None)
    chosen = st.selectbox(t("Guests"), list(names), format_func=names.get, key="among", bind="query-params", label_visibility="collapsed")
    return segment_of(next((row for row in saved if str(row["id"]) == chosen), None))


def one(key: str, label: str, options: dict[str, str], labelled: bool = False) -> str:
    """Draw a choice that lives in the URL and return its code; the words of any language are understood there. `labelled`: its label is seen."""
    understand(key, options)
    return st.selectbox(
        label, list(options), format_func=lambda code: t(options[code]), key=key, bind="query-params",
        label_visibility="visible" if labelled else "collapsed",
    )


def missing(known: dict[str, dict[str, str]]) -> list[str]:
    """Return what a link asks of choices (key → code → words) and this version does not know; call it before they are drawn.

    It is told until another choice is made, because the choices forget it at once.
    """
    gone = st.session_state.setdefault("asked_and_gone", {})
    for key, options in known.items():
        chosen, said = st.session_state.get(key), st.query_params.get(key)
        if chosen is None and said is not None and not any(said in (code, *all_spellings(text)) for code, text in options.items()):
            gone[key] = said
        elif chosen not in (None, next(iter(options))) or (chosen is None and said is not None):
            gone.pop(key, None)  # somebody chose, or another link came
    return [gone[key] for key in known if key in gone]


def tell_missing(names: list[str]) -> None:
    """Say what a link asked for in vain."""
    for name in names:
        said = t("This link asks for “{name}”, which is not known here any more: the usual choice stands in its place.", name=name)
        st.markdown(f":small[:orange[{safe(said)}]]")


def _several(key: str, label: str, options: dict, placeholder: str) -> list:
    names = {code: str(name) for code, name in options.items()}
    _listed(key, {str(code): name for code, name in names.items()})
    return st.multiselect(
        label,
        list(names),
        format_func=lambda code: names.get(code, str(code)),
        key=key,
        bind="query-params",
        placeholder=placeholder,
        label_visibility="collapsed",
    )


def understand(key: str, options: dict[str, str]) -> None:
    """Accept a code or the words of any language in the URL: they are rewritten there, because the widget knows only its own words."""
    spelt = {spelling: code for code, text in options.items() for spelling in (code, *all_spellings(text))}
    _translate(key, spelt, {code: t(text) for code, text in options.items()})


def _translate(key: str, spelt: dict[str, str], shown: dict[str, str]) -> None:
    """Rewrite a parameter of the URL from any of its spellings to the words that its widget shows."""
    said = st.query_params.get(key)
    if key in st.session_state or said not in spelt or said == shown[spelt[said]]:
        return
    st.query_params[key] = shown[spelt[said]]
    st.rerun()


def _listed(key: str, shown: dict[str, str]) -> None:
    """Rewrite a parameter that lists codes with commas between them, as lessons and saved views bear it, to one value for each."""
    said = st.query_params.get_all(key)
    codes = said[0].split(",") if len(said) == 1 and said[0] not in shown.values() else []
    if key in st.session_state or not codes or not all(code in shown for code in codes):
        return
    st.query_params[key] = [shown[code] for code in codes]
    st.rerun()


def _dates(as_of: dt.date) -> Period:
    usual = default_period(as_of)
    said = st.query_params.get("dates", "").split(",")
    _listed("dates", dict(zip(said, said, strict=True)) if len(said) == 2 else {})
    span = st.date_input(
        t("Dates"),
        (usual.start, usual.end - dt.timedelta(1)),
        min_value=dt.date(1990, 1, 1),
        max_value=as_of + dt.timedelta(366),
        key="dates",
        bind="query-params",
        label_visibility="collapsed",
        format="YYYY-MM-DD",
    )
    # One date only while the second is still being picked.
    return Period(min(span), max(span) + dt.timedelta(1)) if len(span) == 2 else usual


def _said(shown: View, scope: Scope) -> str:
    """The grey line: days, both comparisons with their dates, how far the data goes, the version, and what is synthetic."""
    elapsed = scope.elapsed()
    among = [t("only guests of “{segment}”", segment=scope.segment.name)] if scope.segment else []
    parts = [
        *among,
        formats.period(scope.period.start, scope.period.end),
        tn("{n} day", "{n} days", scope.period.days, n=formats.count(scope.period.days)),
    ]
    parts += [
        t(
            "compared with {before} (same weekdays) and {year}",
            before=formats.period(*_span(elapsed.previous())),
            year=formats.period(*_span(elapsed.year_before())),
        )
    ]
    parts += [
        t("data to {day}", day=formats.date(scope.as_of - dt.timedelta(1))),
        t("version {number}", number=shown.warehouse.version.number),
    ]
    line = f":small[:gray[{safe(' · '.join(parts))}]]"
    if scope.provisional:
        line += f" :orange-badge[{safe(t('provisional: counted to {day}', day=formats.date(scope.as_of - dt.timedelta(1))))}]"
    return line + badge(shown)


def stamp() -> None:
    """The grey line of a page without filters: how far the data goes, the version, and what is synthetic."""
    shown = view()
    parts = (t("data to {day}", day=formats.date(shown.scope.as_of - dt.timedelta(1))), t("version {number}", number=shown.warehouse.version.number))
    st.markdown(f":small[:gray[{safe(' · '.join(parts))}]]{badge(shown)}")


def badge(shown: View) -> str:
    """The orange badge of a store with synthetic data."""
    if not shown.settings.is_demo:
        return ""
    profile = t(DEMOS.get(shown.facts.get("demo_profile", ""), "demo"))
    return f" :orange-badge[{safe(t('synthetic data, {profile}, seed {seed}', profile=profile, seed=shown.facts.get('demo_seed', '–')))}]"


DEMOS = {"group": N_("group of hotels"), "independent": N_("independent hotel")}


def _span(scope: Scope) -> tuple[dt.date, dt.date]:
    return scope.period.start, scope.period.end
