"""Encodings are sure by mark or soundness, otherwise likely, and then they are asked."""
import pytest

from crm_core.ingest.letters import encoding, known
from crm_core.ingest.problems import ImportProblem


def found(tmp_path, content):
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    return encoding(path, "f.csv")


@pytest.mark.parametrize(("content", "value", "why"), [
    ("a,é".encode("utf-8-sig"), "utf-8-sig", "encoding_mark"), ("a,é".encode("utf-16"), "utf-16", "encoding_mark"),
    ("name,town\n".encode("utf-16-le"), "utf-16-le", "encoding_wide"), ("name,town\n".encode("utf-16-be"), "utf-16-be", "encoding_wide"),
    (b"a,b\n", "utf-8-sig", "encoding_ascii"), ("a,አዲስ,කොළඹ,Երևան\n".encode(), "utf-8-sig", "encoding_sound"),
])
def test_an_encoding_that_is_sure(tmp_path, content, value, why):
    evidence = found(tmp_path, content)
    assert (evidence.value, evidence.why, evidence.certain) == (value, why, True)


def test_a_file_of_utf8_with_a_damaged_line_stays_utf8(tmp_path):
    evidence = found(tmp_path, "Zoé;Ünal;Wörner;Ács\n".encode() * 5 + b"M\xfcller\n")
    assert (evidence.value, evidence.why, evidence.values) == ("utf-8-sig", "encoding_mostly", {"n": 1})


LIKELY = [
    ("cp1252", "R-1;Müller;Jürgen;Königsstraße\nR-2;Weiß;Bärbel;Grüner Weg\n"), ("cp1252", "Françoise;Bérénger;120,00 €\nZoé;Lefèvre;Besançon\n"),
    ("cp1252", "Søren;Sørensen;Århus\nBjørn;Ødegård\n"), ("cp1252", "Muñoz;José;Málaga\n"), ("cp1252", "Müller;Zoé;Muñoz;Sørensen;Åsa\n"),
    ("cp1250", "Łukasz;Wiśniewski;Łódź\nMałgorzata;Dąbrowska;Kraków\n"), ("cp1250", "Jiří;Dvořák;Plzeň\nKateřina;Němcová;Žďár\n"),
    ("cp1250", "Őry;Gyűrű;Szabó\n"), ("iso8859-2", "Łukasz;Wiśniewski;Łódź\nMałgorzata;Dąbrowska;Kraków\n"),
    ("cp1251", "Иван;Петров;Москва\nОльга;Смирнова;Казань\n"), ("cp1251", "R-1;Иван;Smith\n"), ("cp1253", "Γιώργος;Παπαδόπουλος;Αθήνα\nΜαρία;Πάτρα\n"),
    ("cp1254", "Ayşe;Yılmaz;İstanbul\nÇağlar;Öztürk;Eskişehir\n"), ("cp1256", "محمد;الأحمد;القاهرة\nفاطمة;حسن;دبي\n"),
    ("gb18030", "王伟;北京\n李娜;上海市浦东\n张敏;广州\n"), ("shift_jis", "田中太郎;東京都\n鈴木花子;大阪\nサトウ;京都\n"),
]


@pytest.mark.parametrize(("page", "text"), LIKELY)
def test_a_likely_encoding_is_found_by_its_letters_and_asked(tmp_path, page, text):
    evidence = found(tmp_path, text.encode(page))
    assert (evidence.value, evidence.certain) == (page, False)
    assert text.split(";")[0].split("\n")[0] in text
    assert evidence.values["example"].split(", ")[0] in text
    assert page not in evidence.alternatives


def test_a_chosen_encoding_must_be_one_of_text():
    assert [known(name) for name in ("UTF-8", "latin1", "windows-1252", "UTF-16")] == ["utf-8-sig", "iso8859-1", "cp1252", "utf-16"]
    for name in ("klingon", "base64", "rot13", ""):
        with pytest.raises(ImportProblem) as problem:
            known(name)
        assert problem.value.code == "encoding"
