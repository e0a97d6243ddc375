"""A class is served from the command line: the demo opens to the network, the hotel's own store to nobody."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from crm_core import jobs, settings
from crm_core.__main__ import main
from crm_core.classroom import addresses
from crm_core.commands import serve
from crm_core.jobs import worker
from crm_core.refresh import refresh
from crm_core.store import record
from tests.classroom.teaching import L02, L05
from tests.hotel import Hotel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def class_mode(monkeypatch, tmp_path):
    """The environment of a class, which names the hotel's own store in every way."""
    for name, value in (("CRM_HOME", str(tmp_path)), ("CRM_CLASS", "1"), ("CRM_STORE", "hotel"), ("CRM_STORE_URL", "postgresql://somewhere/hotel")):
        monkeypatch.setenv(name, value)
    return tmp_path


def test_only_the_demo_can_be_opened_while_a_class_is_served(class_mode):
    here = settings.read()
    assert (here.store, here.store_url) == ("demo", f"sqlite:///{class_mode / 'demo.db'}")
    assert settings.stores() == ("demo",)
    with pytest.raises(settings.SettingsProblem, match="stays closed"):
        settings.read("hotel")
    for store in settings.STORES:
        (class_mode / "warehouse" / store).mkdir(parents=True)
        (class_mode / "warehouse" / store / settings.POINTER).write_text("{}")
    assert [one.store for one in settings.published()] == ["demo"]


def test_the_worker_of_a_class_leaves_the_hotels_jobs_and_files_alone(class_mode, monkeypatch):
    hotel, demo = settings.at(class_mode, "hotel"), settings.read()
    monkeypatch.setenv("CRM_READ", "0")
    monkeypatch.setattr(worker.work, "perform", lambda _settings, _job, _progress: {})
    jobs.submit(hotel, "import")
    jobs.submit(demo, "match")
    inbox = class_mode / "inbox"
    inbox.mkdir()
    (inbox / "bookings.csv").write_text("confirmation\nR-1\n")
    assert worker.serve(threading.Event(), once=True, idle=0.02, steady=0.05)
    assert [(one.store, one.state) for one in jobs.recent(demo)] == [("demo", "done")]
    assert (inbox / "bookings.csv").exists()
    assert not (class_mode / "innsight.db").exists()
    monkeypatch.delenv("CRM_CLASS")
    assert [(one.store, one.kind, one.state) for one in jobs.recent(demo)] == [("demo", "match", "done"), ("hotel", "import", "queued")]


def test_without_a_demo_there_is_nothing_to_serve(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    assert main(["serve", "--class"]) == 1
    assert "python -m crm_core demo" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["serve"])


def test_every_interface_listens_and_only_the_told_addresses_are_answered():
    words = serve._words("192.168.1.20", 8600)
    assert "--server.address=0.0.0.0" in words
    assert [word.partition("=")[2] for word in words if "allowedHosts" in word] == ["localhost", "127.0.0.1", "192.168.1.20"]
    assert "--browser.serverAddress=192.168.1.20" in words  # else Streamlit asks the internet for the outer address


def test_nobody_in_the_network_is_believed_about_where_a_visitor_comes_from(monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert settings.class_environment()["FORWARDED_ALLOW_IPS"] == "127.0.0.1"


def test_links_lead_to_the_class_and_to_the_demo_s_view():
    assert addresses.join_link("10.0.0.5", 8501, "KAFFEE") == "http://10.0.0.5:8501/class/KAFFEE"
    assert addresses.view_link(L02, "si") == "/campaign?campaign=3&period=12m&store=demo&lang=si"
    assert addresses.view_link(L02, "en", honest=True) == "/attribution?campaign=3&store=demo&lang=en"
    assert addresses.view_link(L05, "en") == "/?store=demo&lang=en"
    assert addresses.own_address().count(".") == 3


def test_a_machine_without_a_way_out_still_has_an_address(monkeypatch):
    def unreachable(*_):
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda _name: ("here", [], ["127.0.1.1", "192.168.7.2"]))
    assert addresses.own_address() == "192.168.7.2"
    monkeypatch.setattr(socket, "gethostbyname_ex", unreachable)
    assert addresses.own_address() == "127.0.0.1"


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_served_class_answers_phones_and_ends_with_its_command(tmp_path):
    here = settings.at(tmp_path)
    built = Hotel(record.open_store(here)).open()
    built.property("LIS", 10)
    built.stay("LIS", "2025-03-03", 2, 200, built.guest("Ana Lima", "LIS"))
    refresh(here, full=True)
    record.close_all()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CRM_", "PYTEST"))} | {"CRM_HOME": str(tmp_path), "CRM_READ": "0"}
    words = [sys.executable, "-m", "crm_core", "serve", "--class", "--port", str(port), "--address", "127.0.0.1"]
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as served:
        try:
            assert "Join a class" in _asked(port, "/class")
            assert "This link is not known" not in _asked(port, "/survey/anything")
        finally:
            served.send_signal(signal.SIGTERM)
        told = served.stdout.read()
    assert f"http://127.0.0.1:{port}/class" in told
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/class", timeout=1)


def _asked(port: int, path: str) -> str:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(path)
