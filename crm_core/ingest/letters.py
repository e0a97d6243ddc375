"""Which encoding a text file has: sure by its mark or by being sound UTF-8, otherwise likely by the letters that come out."""
import codecs
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from crm_core.ingest.opening import open_file, wide
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.reading import UNDECODABLE
from crm_core.ingest.written import Evidence

BLOCK, LINE = 1_000_000, 65_536
ENOUGH = 100_000  # bytes of lines with other than plain letters, by which encodings are compared
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
MOST_OTHERS = 5
MOSTLY = 10  # sound letters of more than one byte for each damaged one, from which on a file is damaged UTF-8 and nothing else
WESTERN = ("äöüß", "àâçéèêëîïôùûüÿœæ", "áéíóúñü", "áâãàçéêíóôõú", "àèéìòù", "åäöæøé", "ëïéèüö", "áéíóúýþæöð")
CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýžľĺŕäô", "áéíóöőúüű", "čćđšž", "ăâîşţșț")
# The letters beyond a-z of the languages that an encoding is used for; the first of equally likely encodings counts.
PAGES = {
    "cp1252": WESTERN, "iso8859-15": WESTERN, "cp1250": CENTRAL, "iso8859-2": CENTRAL, "cp1254": ("çğıöşüâîû",),
    "cp1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгдежзийклмнопрстуфхцчшщьюяєіїґ"), "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
    "cp1256": ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ",), "gb18030": (), "shift_jis": (),
}
COMMON = {"gb18030": ("gb2312", range(0xB0, 0xD8)), "shift_jis": ("shift_jis", [0x82, 0x83, *range(0x88, 0x98)])}  # first bytes of them
WORD = re.compile(r"[^\s\d.,;:|/()\"'&+@_=-]+")


def encoding(path: str | Path, name: str) -> Evidence:
    """Return the encoding of a text file; where it is only likely, the evidence is not certain and has alternatives."""
    with open_file(path, name) as file:
        head = file.read(LINE)
    for mark, marked in MARKS.items():
        if head.startswith(mark):
            return Evidence("encoding", marked, "encoding_mark")
    if of_two := wide(head):
        return Evidence("encoding", of_two, "encoding_wide")
    if (sound := _sound_utf8(path)) is not None:
        return Evidence("encoding", "utf-8-sig", "encoding_ascii" if sound == "ascii" else "encoding_sound")
    sample, good, bad, damaged = _unusual(path)
    if good >= MOSTLY * bad:
        return Evidence("encoding", "utf-8-sig", "encoding_mostly", {"n": damaged}, ("cp1252",))
    return _likely(sample)


def known(encoding: str) -> str:
    """Return the encoding's name as Python writes it, utf-8 with its mark allowed; raises ImportProblem for one that does not exist."""
    try:
        found = codecs.lookup(encoding)
        codecs.getincrementaldecoder(found.name)("surrogateescape").decode("a".encode(found.name))  # some codecs are not of text, or of names only
    except (LookupError, TypeError, ValueError) as error:
        raise ImportProblem("encoding", found=encoding) from error
    return "utf-8-sig" if found.name == "utf-8" else found.name


def with_order(path: str | Path, encoding: str) -> str:
    """Return an encoding whose order of bytes a mark tells with the usual order where the file has no mark."""
    with open(path, "rb") as file:
        has_mark = file.read(2) in (b"\xff\xfe", b"\xfe\xff", b"\0\0")
    return f"{encoding}-le" if encoding in ("utf-16", "utf-32") and not has_mark else encoding


def _sound_utf8(path: str | Path) -> str | None:
    decoder, is_ascii = codecs.getincrementaldecoder("utf-8")(), True
    with open(path, "rb") as file:
        try:
            while block := file.read(BLOCK):
                is_ascii = is_ascii and block.isascii()
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return "ascii" if is_ascii else "utf-8"


def _unusual(path: str | Path) -> tuple[bytes, int, int, int]:
    """Return lines with other than plain letters, and, read as UTF-8, the sound and the damaged letters and the damaged lines."""
    sample, good, bad, damaged = [], 0, 0, 0
    for line in _lines(path):
        if not line.isascii():
            text = line.decode("utf-8", "undecodable")
            wrong = text.count(UNDECODABLE)
            good, bad, damaged = good + sum(letter > "\x7f" for letter in text) - wrong, bad + wrong, damaged + bool(wrong)
            if sum(map(len, sample)) < ENOUGH and wrong:
                sample.append(line)
    return b"".join(sample), good, bad, damaged


def _lines(path: str | Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while line := file.readline(LINE):
            yield line


def _likely(sample: bytes) -> Evidence:
    texts: dict[str, tuple[float, str]] = {}
    for page in PAGES:
        text = sample.decode(page, "undecodable")
        if text not in [other for _, other in texts.values()]:  # two that read the file alike are no choice
            texts[page] = score(text, page) - (UNDECODABLE in text), text
    best, *others = sorted(texts, key=lambda page: -texts[page][0])
    others = [page for page in others if UNDECODABLE not in texts[page][1]][:MOST_OTHERS]
    words = [word for word in WORD.findall(texts[best][1]) if not word.isascii()]
    return Evidence("encoding", best, "encoding_guessed", {"example": ", ".join(dict.fromkeys(words[:5]))}, tuple(others), certain=not others)


def score(text: str, page: str) -> float:
    """Return the share of a text's letters beyond a-z that a language written in this encoding has, in a place where it stands."""
    words = [word for word in WORD.findall(text) if not word.isascii()]
    if page in COMMON:
        letters = [letter for word in words for letter in word if letter > "\x7f"]
        return sum(_is_common(letter, page) for letter in letters) / max(len(letters), 1)
    n = sum(letter > "\x7f" for word in words for letter in word)
    return max(sum(_fitting(word, frozenset(alphabet)) for word in words) for alphabet in PAGES[page]) / max(n, 1)


def _fitting(word: str, alphabet: frozenset[str]) -> int:
    """Return how many of a word's letters beyond a-z fit: none where two scripts are mixed or a capital follows a small letter."""
    is_latin = min(alphabet) < "\u0250"
    if not is_latin and any(letter.isascii() and letter.isalpha() for letter in word):
        return 0
    if any(before.islower() and letter.isupper() and letter > "\x7f" for before, letter in pairwise(word)):
        return 0
    return sum(letter > "\x7f" and letter.lower() in alphabet for letter in word)


@cache
def _is_common(letter: str, page: str) -> bool:
    codec, firsts = COMMON[page]
    code = letter.encode(codec, "ignore")
    return len(code) == 2 and code[0] in firsts
