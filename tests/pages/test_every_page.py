"""Every page opens, in every language, on every store, for every role and with any parameters, and shows what is designed for it."""

import os

import pytest

from crm_core import queries
from crm_core.i18n import LANGUAGES, t, use
from crm_core.scope import ROLES, Scope, default_period
from crm_core.store import warehouse
from tests.pages.visiting import PAGES, ROOT, Visits, by_turns, everything, fine

STRANGE = ("nonsense", "999999", "-1", "1;drop table guest", "\x00", "%00", "<script>alert(1)</script>", "9999-12-31", "x" * 3000)
PARAMETERS = (
    "kpi",
    "by",
    "guest",
    "period",
    "comparison",
    "properties",
    "channels",
    "who",
    "dates",
    "lang",
    "store",
    "sort",
    "history",
    "consent",
    "when",
    "country",
    "lead",
    "show",
    "stage",
    "owner",
    "source",
    "asked",
    "due",
    "lead_sort",
    "lead_text",
    "said_text",
    "medium",
    "way",
    "among",
    "segment",
    "case",
    "review",
    "case_show",
    "case_owner",
    "case_kind",
    "case_status",
    "tiers_from",
    "tiers_to",
    "campaign",
    "campaign_sort",
    "campaign_view",
    "people",
    "lesson",
    "new",
    "with",
    "edit",
    "copy",
    "present",
    "screen",
    "board",
    "new",
    "with",
    "event",
    "house",
    "checklist",
    "assessment",
    "set",
    "staff",
    "department",
    "network_text",
    "unheard_of",
)


@pytest.fixture(scope="session")
def regular(demo) -> int:
    """The id of the guest with most stays."""
    shown = warehouse.current(demo)
    scope = Scope("local", (1, 2, 3, 4, 5), default_period(shown.version.as_of), shown.version.as_of)
    return int(queries.run(shown, scope, "guest_list", sort="stays", limit=1)["guest_id"].iloc[0])


def link(page: str, regular: int) -> dict[str, str]:
    """What the page's link must carry."""
    return {"guest": {"guest": str(regular)}, "lead": {"lead": "1"}, "case": {"case": "1"}, "campaign": {"campaign": "1"},
            "lesson": {"lesson": "L02"}}.get(page, {})


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_its_header_and_stays_itself_when_it_runs_again(visits, regular, page):
    at = fine(visits.open(page, **link(page, regular)))
    header, size = at.header[0].value, len(everything(at))
    assert len(at.header) == 1
    assert len(header) > 2
    again = fine(fine(at.run()).run())
    assert again.header[0].value == header
    assert len(everything(again)) > size * 0.9


OTHERS = [code for code in LANGUAGES if code != "en"]  # every other test of a page reads English


@pytest.mark.parametrize(("page", "language"), by_turns(OTHERS, len(OTHERS)))
def test_a_page_opens_in_other_languages(visits, regular, page, language):
    at = fine(visits.open(page, lang=language, **link(page, regular)))
    use(language)
    says = {
        "briefing": "Briefing",
        "guests": "Guests",
        "leads": "Leads",
        "interactions": "Interactions",
        "enquiry": "New enquiry",
        "origins": "Where guests come from",
        "figure": "Figures",
        "retention": "Who comes back",
        "value": "What guests are worth",
        "at_risk": "Whom to win back",
        "glossary": "Glossary",
        "settings": "Settings",
    }
    if page in says:
        assert at.header[0].value == t(says[page])
    use("en")


@pytest.mark.parametrize("page", PAGES)
def test_a_store_without_data_greets_and_says_how_to_begin(empty, page):
    at = fine(empty.open(page))
    if page == "settings":
        assert at.data_editor.len > 0
    else:
        assert "Bring files in" in everything(at)
        assert at.metric.len == 0


def _strange(page: str, visit: int) -> dict[str, str]:
    """Every parameter with a strange value, another one on each visit and page: nine visits try them all, over the pages two do."""
    return {name: STRANGE[(2 * visit + place + PAGES.index(page)) % len(STRANGE)] for place, name in enumerate(PARAMETERS)}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("visit", range(len(STRANGE) if "SOAK_ROUNDS" in os.environ else 2))
def test_strange_parameters_leave_a_page_at_its_defaults_or_its_designed_state(visits, page, visit):
    at = fine(visits.open(page, **_strange(page, visit)))
    assert len(at.header) == 1
    assert "Traceback" not in everything(at)


@pytest.mark.parametrize(
    "dates", [["2025-03-01"], ["2025-03-31", "2025-03-01"], ["1800-01-01", "1800-02-01"], ["2999-01-01", "2999-12-31"], ["a", "b"]]
)
def test_dates_out_of_range_are_not_a_traceback(visits, dates):
    assert fine(visits.open("briefing", period="dates", dates=dates)).header.len == 1


@pytest.mark.parametrize("asked", ["999999", "abc", "1;drop", "", "-1", "१", "9" * 400])
def test_a_guest_who_does_not_exist_is_told_so(visits, asked):
    at = fine(visits.open("guest", guest=asked))
    assert "There is no such guest" in [s.value for s in at.subheader]
    assert at.metric.len == 0


@pytest.fixture(scope="session")
def name(demo, regular) -> str:
    """The name of that guest."""
    with pytest.MonkeyPatch.context() as patch:
        return Visits(patch, demo).open("guest", guest=str(regular)).header[0].value.replace("\\", "")


@pytest.mark.parametrize(("page", "role"), by_turns([role for role in ROLES if role != "local"], 2))
def test_every_role_sees_of_a_page_what_it_may(visits, regular, name, page, role):
    at = fine(visits.as_(role).open(page, **link(page, regular)))
    assert at.header.len <= 1
    if "contact" not in ROLES[role]:
        assert name not in everything(at)
    if "export" not in ROLES[role]:
        assert at.download_button.len == 0
    if "read" not in ROLES[role] and page not in ("glossary", "guest"):
        assert at.metric.len + at.dataframe.len == 0


def test_no_pages_folder_lies_beside_the_shell():
    # Streamlit would take such a folder for its own kind of pages, and run them without filters or gate.
    assert not (ROOT / "crm_core/ui/pages").exists()
