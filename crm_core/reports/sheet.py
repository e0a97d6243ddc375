"""A report as one HTML file that prints on A4: light, with its pictures in it, no script and nothing from elsewhere."""
import base64
import datetime as dt
import json
from collections.abc import Sequence
from html import escape

from crm_core import formats
from crm_core.i18n import t
from crm_core.metrics import metric
from crm_core.reports.content import Card, Section
from crm_core.reports.tables import Table
from crm_core.settings import ROOT
from crm_core.store.warehouse import Version

POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
# Letters that a machine may lack are brought along, of the scripts in use only.
LETTERS = {"ethiopic": ("\u1200", "\u139f", "U+1200-1399,U+2D80-2DDE"), "sinhala": ("\u0d80", "\u0dff", "U+0D81-0DF4,U+200C-200D"),
           "armenian": ("\u0530", "\u058f", "U+0530-058F")}
STYLE = """
@page{size:A4;margin:16mm 14mm 18mm}
*{box-sizing:border-box}body{margin:0 auto;max-width:182mm;padding:8mm 4mm;background:#fff;color:#1C1917;font:13px/1.45 FONTSInter,system-ui,sans-serif}
@media print{body{padding:0}}
h1{font-size:22px;margin:0 0 2px}h2{font-size:16px;margin:0 0 2px}h3{font-size:13.5px;margin:14px 0 4px}p{margin:2px 0}
.mute,.said,small{color:#57534E}.said{font-size:12px}small{font-size:11px}.badge{color:#92400E;background:#FCF1DD;border-radius:4px;padding:1px 6px}
section{border-top:1px solid #D6D2CB;margin-top:18px;padding-top:12px}.new{break-before:page;border-top:0}
.cards{display:grid;grid-template-columns:repeat(3,1fr);gap:8px;margin:10px 0}.card{border:1px solid #E2E0DC;border-radius:8px;padding:8px 10px;break-inside:avoid}
.card b{display:block;font-size:20px;font-weight:600}.card p{font-size:11.5px}.spark{width:100%;height:24px;display:block}
.good{color:#0B6B62;font-weight:600}.bad{color:#A63A16;font-weight:600}.moved,.new-value{font-weight:600}.noise{color:#57534E}
.problem{border-left:3px solid #A63A16;padding:4px 10px;margin:8px 0;color:#A63A16}
svg{width:100%;height:auto;break-inside:avoid;font-family:inherit}
table{border-collapse:collapse;width:100%;font-size:12px;margin:6px 0;font-variant-numeric:tabular-nums}
th,td{padding:3px 6px;border-bottom:1px solid #EFEDE9;text-align:right;vertical-align:top}th:first-child,td:first-child{text-align:left}
th{color:#57534E;font-weight:500}thead{display:table-header-group}tr{break-inside:avoid}td small{display:block}
dl{margin:6px 0}dt{font-weight:600;margin-top:6px}dd{margin:0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:9.5px;line-height:1.35;color:#57534E}
"""


def sheet(title: str, language: str, version: Version, sections: Sequence[Section], manifest: dict, badge: str = "") -> str:
    """Return the whole document; the same sections give the same text. `badge` says what is not real, such as synthetic data."""
    marked = f' <span class="badge">{escape(badge)}</span>' if badge else ""
    as_of = t("Data to {day}, version {number}", day=formats.date(version.as_of - dt.timedelta(1)), number=version.number)
    body = (f'<h1>{escape(title)}</h1><p class="mute">{escape(as_of)}{marked}</p>' + "".join(map(_section, sections))
            + _definitions(sorted({key for one in sections for key in one.kpis})) + _manifest(manifest))
    letters = [name for name, (first, last, _) in LETTERS.items() if any(first <= sign <= last for sign in body)]
    style = "".join(map(_face, letters)) + STYLE.replace("FONTS", "".join(f"{name}," for name in letters))
    return (f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>{escape(title)}</title>'
            f"<style>{style}</style></head><body>{body}</body></html>")


def _face(name: str) -> str:
    file = ROOT / f"crm_core/ui/static/noto-sans-{name}-{name}-wght-normal.woff2"
    written = base64.b64encode(file.read_bytes()).decode()
    return (f"@font-face{{font-family:{name};src:url(data:font/woff2;base64,{written});unicode-range:{LETTERS[name][2]};"
            "font-weight:100 900;font-display:block}")


def _section(one: Section) -> str:
    note = f"<p>{escape(one.note)}</p>" if one.note else ""
    problems = "".join(f'<p class="problem">{escape(said)}</p>' for said in one.problems)
    cards = f'<div class="cards">{"".join(map(_card, one.cards))}</div>' if one.cards else ""
    return (f'<section><h2>{escape(one.name)}</h2>{note}<p class="said">{escape(" · ".join(one.said))}</p>{problems}{cards}'
            f"{''.join(map(_table, one.tables))}</section>")


def _card(card: Card) -> str:
    lines = "".join(f'<p class="{"new-value" if tone == "new" else tone}">{escape(text)}</p>' if tone else f"<p>{escape(text)}</p>" for text, tone in card.lines)
    return f'<div class="card"><span class="mute">{escape(card.name)}</span><b>{escape(card.value)}</b>{card.spark}{lines}</div>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = "".join("<tr>" + "".join(_cell(*cell) for cell in row) + "</tr>" for row in table.rows)
    notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in table.notes)
    return f"<h3>{escape(table.title)}</h3>{table.picture}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{notes}"


def _cell(text: str, small: str) -> str:
    return f"<td>{escape(text)}{f'<small>{escape(small)}</small>' if small else ''}</td>"


def _definitions(keys: Sequence[str]) -> str:
    if not keys:
        return ""
    said = "".join(f"<dt>{escape(t(k.name))} <small>{escape(k.number)} · {escape(k.key)}</small></dt><dd>{escape(t(k.definition))}</dd>"
                   for k in map(metric, keys))
    return f'<section class="new"><h2>{escape(t("What the figures mean"))}</h2><dl>{said}</dl></section>'


def _manifest(manifest: dict) -> str:
    told = t("The same data, views and definitions give the same hash: {hash}", hash=manifest["hash"])
    written = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    return f'<section><h2>{escape(t("Where this comes from"))}</h2><p class="said">{escape(told)}</p><pre id="manifest">{escape(written)}</pre></section>'
