import os
import socket
import subprocess
import sys

import pytest

from csworkbook import language
from csworkbook.serve import command, launch


@pytest.fixture(autouse=True)
def english():
    yield
    language.use("en")


def run(capsys, *words):
    code = command.main([*words, "--lang", "en"] if "--lang" not in words else words)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("words", [[], ["serve"], ["lab"], ["new"], ["check"]])
def test_help(capsys, words):
    assert command.main([*words, "--help"]) == 0
    assert "--help" in capsys.readouterr().out


def test_help_is_in_the_users_language(capsys):
    assert command.main(["serve", "--help", "--lang", "nl"]) == 0
    assert "gebruik: csworkbook serve" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["bake"], [], ["new"], ["serve", "--port", "0"], ["serve", "--port", "many"], ["check"]]
)
def test_a_mistyped_command_is_2_and_says_how(capsys, words):
    code = command.main(words)
    said = capsys.readouterr().err
    assert code == 2
    assert "csworkbook" in said
    assert "Traceback" not in said


def test_version(capsys):
    from csworkbook import __version__

    assert command.main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_the_language_spoken():
    assert command.spoken(["new", "--lang=nl"], {"LANG": "en_GB"}) == "nl"
    assert command.spoken([], {"LANG": "nl_NL.UTF-8"}) == "nl"
    assert command.spoken([], {"LC_ALL": "C", "LANG": "nl_NL.UTF-8"}) == "nl"
    assert command.spoken([], {"CSWORKBOOK_LANGUAGE": "en", "LANG": "nl_NL"}) == "en"
    assert command.spoken(["--lang"], {}) == "en"


def test_new_makes_a_workbook(capsys, tmp_path):
    code, out, _err = run(capsys, "new", str(tmp_path / "a"), "--name", "Bakery & Co", "--lang", "nl")
    assert code == 0
    assert "Bakery & Co" in out
    from csworkbook.shop import open_shop

    shop = open_shop(tmp_path / "a")
    assert (shop.name, shop.settings.language, shop.tables()) == ("Bakery & Co", "nl", [])


def test_new_never_overwrites(capsys, tmp_path):
    assert run(capsys, "new", str(tmp_path / "a"), "--name", "One")[0] == 0
    before = (tmp_path / "a/workbook.toml").read_text()
    code, _out, err = run(capsys, "new", str(tmp_path / "a"), "--name", "Two")
    assert code == 1
    assert "already" in err
    assert (tmp_path / "a/workbook.toml").read_text() == before


def test_new_needs_a_name(capsys, tmp_path):
    code, _out, err = run(capsys, "new", str(tmp_path / "a"), "--name", "  ")
    assert code == 1
    assert "name" in err
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("what", ["serve", "lab"])
def test_a_folder_that_is_no_workbook(capsys, tmp_path, what):
    code, _out, err = run(capsys, what, str(tmp_path), "--no-browser")
    assert code == 1
    assert "is not a workbook" in err
    assert "csworkbook new" in err


def test_a_port_in_use(capsys, two_chapters):
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _out, err = run(
            capsys, "serve", "--no-browser", "--port", port, "--notebooks", str(two_chapters)
        )
    assert code == 1
    assert port in err
    assert "--port" in err


def test_an_address_this_computer_does_not_have(capsys, two_chapters):
    words = ["serve", "--no-browser", "--host", "no.such.host.invalid", "--notebooks", str(two_chapters)]
    code, _out, err = run(capsys, *words)
    assert code == 1
    assert "no.such.host.invalid" in err


def test_no_notebooks(capsys, tmp_path):
    code, _out, err = run(capsys, "serve", "--no-browser", "--notebooks", str(tmp_path))
    assert code == 1
    assert "no notebooks" in err


def test_the_key_is_made_up_only_when_others_can_connect():
    assert launch.default_token("localhost", None) == ""
    assert launch.default_token("127.0.0.1", None) == ""
    assert len(launch.default_token("0.0.0.0", None)) == 32
    assert launch.default_token("0.0.0.0", None) != launch.default_token("0.0.0.0", None)
    assert launch.default_token("192.168.1.4", "mine") == "mine"
    assert launch.default_token("0.0.0.0", "") == ""


def test_the_address_printed_holds_the_key():
    assert launch.addresses("localhost", 81, "a/b") == ["http://localhost:81/?token=a/b"]
    assert launch.addresses("::1", 81, "") == ["http://[::1]:81/"]
    assert launch.addresses("0.0.0.0", 81, "k")[0] == "http://localhost:81/?token=k"


def test_the_next_free_port():
    with socket.socket() as taken:
        try:
            taken.bind(("localhost", launch.PORT))
            taken.listen()
        except OSError:
            pass
        assert launch.free_port("localhost", None) > launch.PORT


def test_importing_the_command_is_light():
    code = "import csworkbook.serve.command, sys; print([m for m in ('pandas','voila','numpy','plotly') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True
    )
    assert done.stdout.strip() == "[]"
