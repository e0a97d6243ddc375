"""The frame of a plain page: one column for a phone, light and dark, no script, nothing from elsewhere."""
from html import escape

from crm_core.web.letters import FACES

STYLE = """
:root{--ink:#1C1917;--mute:#57534E;--line:#D6D2CB;--accent:#1F4E8C;--back:#FAF9F7;--card:#fff;--bad:#A63A16;--good:#0B6B62}
@media(prefers-color-scheme:dark){:root{--ink:#E7E5E4;--mute:#A8A29E;--line:#3A4048;--accent:#7CB0F2;--back:#121417;--card:#1B1F24;--bad:#F3A07C;--good:#5CCFBC}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:17px/1.5 system-ui,ethiopic,sinhala,armenian,sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.25rem 1rem 3rem}h1{font-size:1.35rem;margin:.25rem 0}p{margin:.4rem 0;color:var(--mute)}
fieldset,.box{border:1px solid var(--line);border-radius:12px;background:var(--card);padding:1rem;margin:1rem 0}
legend{font-weight:600;padding:0;float:left;width:100%;margin-bottom:.7rem}legend+*{clear:both}
.choice label{display:block;padding:.45rem 0}
textarea{width:100%;min-height:7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px;padding:.6rem}
button{width:100%;padding:.9rem;font:inherit;font-weight:600;border:0;border-radius:10px;background:var(--accent);color:var(--back)}
.bad{color:var(--bad);font-weight:600}nav{font-size:.9rem;margin-top:.5rem}nav a{color:var(--accent);margin-inline-end:.8rem}
"""
RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")


def framed(body: str, language: str, title: str, *, style: str = "", again: int = 0) -> str:
    """Return a page around a body that is HTML already; it asks for itself again after so many seconds, 0 for never."""
    turned = ' dir="rtl"' if language in RIGHT_TO_LEFT else ""
    refreshed = f'<meta http-equiv="refresh" content="{again}">' if again else ""
    return (f'<!doctype html><html lang="{escape(language)}"{turned}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<meta name="robots" content="noindex">{refreshed}<link rel="icon" href="data:,">'
            f'<title>{escape(title)}</title><style>{FACES}{STYLE}{style}</style></head><body><main>{body}</main></body></html>')
