"""A pack: what an association hands to its members as one zip file, sealed by checksums, read whole or not at all."""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crm_core.association import archives, benchmarks, courses, lessons, network, playbooks, standards
from crm_core.association.benchmarks import Benchmark
from crm_core.association.courses import Course
from crm_core.association.lessons import BadLesson, Lesson
from crm_core.association.network import Entry
from crm_core.association.playbooks import Playbook
from crm_core.association.reading import NAME, Bad, Sheet, from_json, to_json
from crm_core.association.standards import Standard
from crm_core.association.texts import Texts, said
from crm_core.i18n import SOURCE, language, t

FORMAT, VERSION, MANIFEST, MOST_LISTED = "innsight-pack", 1, "manifest.json", 2_000
ABOUT = ("code", "name", "release", "author", "licence", "made_on")
EXAMPLE = Path(__file__).parents[2] / "data" / "association" / "example.zip"  # a pack of an invented association that ships
OF_MANIFEST = ("format", "version", *ABOUT, "files", "checksum")


class BadPack(Bad):
    """The pack cannot be used, and nothing of it was taken."""


@dataclass(frozen=True)
class Pack:
    """What an association shares in one release; `made_on` is the day on which it was put together."""

    code: str
    name: Texts
    release: str
    author: str
    licence: str
    made_on: dt.date
    standards: tuple[Standard, ...] = ()
    playbooks: tuple[Playbook, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    courses: tuple[Course, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    network: tuple[Entry, ...] = ()

    @property
    def checksum(self) -> str:
        """The SHA-256 checksum that seals the pack, as write() puts it into the manifest."""
        return _checksum(_about(self), _hashes(_files(self)))

    @property
    def counts(self) -> dict[str, int]:
        """How many things of each kind it holds."""
        return {kind: len(getattr(self, kind)) for kind in KINDS}


@dataclass(frozen=True)
class Kind:
    """How one kind of thing stands in a pack: in a folder of its own files, or all in one list; `key` tells one from another."""

    parse: Callable[[object], object]
    form: Callable[[object], dict]
    is_folder: bool
    key: Callable[[object], str] = lambda thing: thing.code
    name: Callable[[object], Texts] = lambda thing: thing.name


KINDS: dict[str, Kind] = {
    "standards": Kind(standards.parse, standards.form, True),
    "playbooks": Kind(playbooks.parse, playbooks.form, True),
    "lessons": Kind(lessons.parse, lessons.form, True, name=lambda lesson: lesson.title),
    "courses": Kind(courses.parse, courses.form, False),
    "benchmarks": Kind(benchmarks.parse, benchmarks.form, False, lambda one: f"{one.set_name}/{one.figure}/{one.from_on.isoformat()}",
                       lambda one: {SOURCE: f"{one.set_name}: {one.figure}"}),
    "network": Kind(network.parse, network.form, False, lambda entry: f"{entry.kind}/{entry.code}", lambda entry: entry.title),
}


@dataclass(frozen=True)
class Change:
    """What bringing in a pack does to one thing: `change` is "new", "replaces" or "same"."""

    kind: str
    code: str
    name: str
    change: str


# --- writing ------------------------------------------------------------------------------------------------------------
def write(pack: Pack) -> bytes:
    """Return a pack as a zip file, each kind in the order of its codes. Raises BadPack where something in it could not be read again."""
    files, about = _files(pack), _about(pack)
    hashes = _hashes(files)
    manifest = {"format": FORMAT, "version": VERSION} | about | {"files": hashes, "checksum": _checksum(about, hashes)}
    data = archives.pack(files | {MANIFEST: to_json(manifest).encode()})
    read(data)
    return data


def _about(pack: Pack) -> dict:
    return {field: getattr(pack, field) for field in ABOUT} | {"name": dict(pack.name), "made_on": pack.made_on.isoformat()}


def _files(pack: Pack) -> dict[str, bytes]:
    files: dict[str, object] = {}
    for field, kind in KINDS.items():
        things = sorted(getattr(pack, field), key=kind.key)
        if kind.is_folder:
            files |= {f"{field}/{thing.code}.json": kind.form(thing) for thing in things}
        elif things:
            files[f"{field}.json"] = [kind.form(thing) for thing in things]
    return {path: to_json(form).encode() for path, form in files.items()}


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def _checksum(about: dict, hashes: Mapping[str, str]) -> str:
    lines = "".join(f"{path} {hashes[path]}\n" for path in sorted(hashes))
    return hashlib.sha256((lines + to_json(about)).encode()).hexdigest()


# --- reading ------------------------------------------------------------------------------------------------------------
def read(data: bytes | Path) -> Pack:
    """Return the pack of a zip file. Raises BadPack with every problem; nothing is written anywhere, and half a pack is never returned."""
    try:
        files = archives.unpack(_bytes(data))
    except archives.BadArchive as problem:
        raise BadPack(*problem.problems) from problem
    manifest = _manifest(files.pop(MANIFEST, b""))
    pack = _empty(Sheet.of(manifest, MANIFEST, OF_MANIFEST))
    _check_seal(manifest, files)
    problems: list[str] = []
    found = {field: tuple(_things(field, files, problems)) for field in KINDS}
    problems += [t("“{path}” is nothing that a pack may hold.", path=path) for path in files]
    return _whole(pack, found, problems)


def _bytes(data: bytes | Path) -> bytes:
    if isinstance(data, bytes):
        return data
    try:
        with data.open("rb") as file:
            return file.read(archives.LARGEST_ZIP + 1)
    except OSError as problem:
        raise BadPack(t("The file “{name}” cannot be opened.", name=data.name)) from problem


def _manifest(content: bytes) -> dict:
    if not content:
        raise BadPack(t("The file is no pack: it has no manifest. Choose the zip file that an association gave you."))
    found = from_json(content, MANIFEST, archives.LARGEST_FILE, BadPack)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadPack(t("The file is no pack: its manifest says something else. Choose the zip file that an association gave you."))
    if type(found.get("version")) is not int or found["version"] > VERSION:
        raise BadPack(t("The pack was written by a newer version of the program: update this one first."))
    return found


def _check_seal(manifest: dict, files: Mapping[str, bytes]) -> None:
    """Raise where a file is missing, too many, or not what its checksum says, or where the whole does not have its checksum."""
    listed, there = manifest.get("files"), _hashes(files)
    listed = listed if isinstance(listed, dict) else {}
    found = [t("“{path}” is missing from the pack.", path=path[:60]) for path in listed if path not in there]
    found += [t("“{path}” does not belong to the pack: its manifest does not list it.", path=path) for path in there if path not in listed]
    found += [t("“{path}” was changed after the pack was made.", path=path) for path in there if path in listed and listed[path] != there[path]]
    if not found and manifest.get("checksum") != _checksum({field: manifest.get(field) for field in ABOUT}, there):
        found.append(t("The pack was changed after it was made: its checksum does not fit."))
    if found:
        raise BadPack(*found, t("Ask the association for the pack again."))


def _things(field: str, files: dict[str, bytes], problems: list[str]) -> Iterator:
    """The things of one kind, in order; what is wrong is noted. Files that are read are taken out of `files`."""
    seen: set[str] = set()
    for path, form in _forms(field, files, problems):
        try:
            thing = KINDS[field].parse(form)
        except (Bad, BadLesson) as problem:
            problems += [f"{path}: {one}" for one in problem.problems]
            continue
        code = KINDS[field].key(thing)
        if code in seen or (KINDS[field].is_folder and path != f"{field}/{code}.json"):
            problems.append(t("{path}: the code “{code}” stands twice, or under the name of another file.", path=path, code=code))
        seen.add(code)
        yield thing


def _forms(field: str, files: dict[str, bytes], problems: list[str]) -> Iterator[tuple[str, object]]:
    is_folder = KINDS[field].is_folder
    for path in sorted(path for path in files if (path.startswith(f"{field}/") if is_folder else path == f"{field}.json")):
        try:
            found = from_json(files.pop(path), path, archives.LARGEST_FILE, BadPack)
        except BadPack as problem:
            problems += problem.problems
            continue
        if not is_folder and (not isinstance(found, list) or len(found) > MOST_LISTED):
            problems.append(t("{path}: a list of at most {most} entries is needed.", path=path, most=MOST_LISTED))
            continue
        yield from ((path, form) for form in ([found] if is_folder else found))


def _empty(sheet: Sheet) -> Pack:
    pack = Pack(sheet.code("code"), sheet.texts("name", NAME), sheet.text("release", 40), sheet.text("author", NAME, is_needed=False),
                sheet.text("licence", NAME, is_needed=False), sheet.day("made_on"))  # fmt: skip
    return sheet.done(pack, BadPack)


def _whole(pack: Pack, found: dict[str, tuple], problems: list[str]) -> Pack:
    if problems:
        raise BadPack(*problems)
    return replace(pack, **found)


def from_folder(folder: Path) -> Pack:
    """Return the pack whose source stands in a folder as TOML: pack.toml, <kind>/*.toml, <kind>.toml. Raises BadPack with every problem."""
    problems: list[str] = []
    found = {field: tuple(_sources(field, folder, problems)) for field in KINDS}
    about = _toml(folder / "pack.toml", problems)
    return _whole(_empty(Sheet.of(about, "pack.toml", ABOUT, problems)), found, problems)


def _sources(field: str, folder: Path, problems: list[str]) -> Iterator:
    is_folder = KINDS[field].is_folder
    paths = sorted((folder / field).glob("*.toml")) if is_folder else [path for path in (folder / f"{field}.toml",) if path.exists()]
    things = []
    for path in paths:
        said = _toml(path, problems)
        for form in [said] if is_folder else said.get(field, []):
            try:
                things.append(KINDS[field].parse(form))
            except (Bad, BadLesson) as problem:
                problems += [f"{path.name}: {one}" for one in problem.problems]
    return iter(sorted(things, key=KINDS[field].key))


def _toml(path: Path, problems: list[str]) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        problems.append(t("{path}: the file cannot be read: {problem}", path=path.name, problem=problem))
        return {}


# --- before it is brought in ------------------------------------------------------------------------------------------------
def forms(pack: Pack) -> dict[str, dict[str, dict]]:
    """Return what a pack holds: kind → code → the form in which it is stored; a benchmark's code is set/figure/day, an entry's kind/code."""
    return {field: {kind.key(thing): kind.form(thing) for thing in getattr(pack, field)} for field, kind in KINDS.items()}


def preview(pack: Pack, present: Mapping[str, Mapping[str, dict]]) -> list[Change]:
    """Say what bringing in a pack would do; `present` holds what is there already: kind → code → form, as forms() gives it."""
    return [Change(field, kind.key(thing), said(kind.name(thing), language()), _change(present.get(field, {}), kind.key(thing), kind.form(thing)))
            for field, kind in KINDS.items() for thing in getattr(pack, field)]  # fmt: skip


def _change(present: Mapping[str, dict], code: str, form: dict) -> str:
    return "new" if code not in present else "same" if present[code] == form else "replaces"


def problems(pack: Pack, *, evidence: Mapping[str, Collection[str]], kpis: Collection[str], departments: Collection[str], pages: Collection[str],
             truths: Collection[str], known_lessons: Collection[str]) -> list[str]:  # fmt: skip
    """Say what of a pack does not fit this house though it can be brought in: KPIs, views, departments, lessons that are not here.

    `evidence` as standards.problems() takes it; a pack's own lessons and courses count as known.
    """
    taught, known = {*known_lessons, *(lesson.code for lesson in pack.lessons)}, dict(evidence)
    if "course" in known:
        known["course"] = {*known["course"], *(course.code for course in pack.courses)}
    return [
        *(one for standard in pack.standards for one in standards.problems(standard, known)),
        *(one for playbook in pack.playbooks for one in playbooks.problems(playbook, kpis)),
        *(f"{lesson.code}: {one}" for lesson in pack.lessons for one in lessons.problems(lesson, pages=pages, kpis=kpis, truths=truths)),
        *(one for course in pack.courses for one in courses.problems(course, departments=departments, lessons=taught)),
    ]
