"""Where a KPI is used: read from the pages' own code, so that a page that gains or drops a figure is told of by itself."""
import ast
from functools import cache

from crm_core.metrics import CATALOGUE
from crm_core.settings import ROOT

UI = "crm_core.ui"
# Calls whose first word is a KPI, and the argument that lists several.
NAMING, LISTING = ("card", "metric", "opens"), "keys"
# What draws any KPI that it is asked for uses none itself.
OF_ALL = ("figure", "explore", "glossary", "decisions", "boards")


@cache
def kpis_of(page: str) -> tuple[str, ...]:
    """Return the KPIs that a page shows: those of its row of cards first. Of the pages that show whatever is chosen there are none."""
    if page in OF_ALL or page not in _pages():
        return ()
    tree = _parsed(f"pages/{page}.py")
    parts = [tree, *(part for name, path in _modules(tree).items() for part in _reached(_parsed(path), _asked(tree, name)))]
    named = [key for part in parts for key in _in_a_row(part)] + [key for part in parts for key in _in_calls(part)]
    return tuple(dict.fromkeys(key for key in named if key in CATALOGUE))


@cache
def pages_of(kpi: str) -> tuple[str, ...]:
    """Return the pages that show a KPI, by name."""
    return tuple(page for page in _pages() if kpi in kpis_of(page))


def _pages() -> list[str]:
    return sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


@cache
def _parsed(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def _modules(tree: ast.Module) -> dict[str, str]:
    """The modules of the interface that a page takes its parts from: name → file."""
    names = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == UI for alias in node.names]
    return {name: f"{UI.replace('.', '/')}/{name}.py" for name in names}


def _asked(tree: ast.Module, module: str) -> set[str]:
    """What a page asks a module for."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module}


def _reached(tree: ast.Module, asked: set[str]) -> list[ast.stmt]:
    """The functions and values of a module that are asked for, and those of its own that these use."""
    defined = {name: node for node in tree.body for name in _names_of(node)}
    waiting, found = list(asked), dict[str, ast.stmt]()
    while waiting:
        name = waiting.pop()
        if name in defined and name not in found:
            found[name] = defined[name]
            waiting += [node.id for node in ast.walk(defined[name]) if isinstance(node, ast.Name)]
    return [node for name, node in sorted(found.items())]


def _names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    return [to.id for to in node.targets if isinstance(to, ast.Name)] if isinstance(node, ast.Assign) else []


def _in_a_row(part: ast.AST) -> list[str]:
    """The words of KEYS."""
    rows = [node.value for node in ast.walk(part) if isinstance(node, ast.Assign) and "KEYS" in _names_of(node)]
    return [word for row in rows for word in _words(row)]


def _in_calls(part: ast.AST) -> list[str]:
    found = []
    for call in (node for node in ast.walk(part) if isinstance(node, ast.Call)):
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in NAMING and call.args:
            found += _words(call.args[0])
        found += [word for argument in call.keywords if argument.arg == LISTING for word in _words(argument.value)]
    return found


def _words(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
