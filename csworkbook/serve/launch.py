"""From the words on the command line to a running server and its address."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from csworkbook.errors import SettingError
from csworkbook.language import LANGUAGES, speaking
from csworkbook.language import gettext as _
from csworkbook.paths import notebooks_folder
from csworkbook.serve.progress import progress
from csworkbook.shop import Shop, open_shop

if TYPE_CHECKING:
    from csworkbook.serve.application import WorkbookServer

PORT = 8866
LOCAL = ("localhost", "127.0.0.1", "::1")


def serve(
    folder: Path | None,
    *,
    host: str = "localhost",
    port: int | None = None,
    token: str | None = None,
    browser: bool = True,
    preheat: bool = True,
    notebooks: Path | None = None,
    speak: str | None = None,
) -> None:
    """Serve the pages of one shop until stopped.

    Parameters
    ----------
    folder : Path or None
        A workbook, or None for the demo shop.
    host, port : str, int
        Where to listen; without a port the first free one from 8866 on.
    token : str, optional
        The key visitors need; empty for none. None: made up unless `host` is this computer only.
    browser, preheat : bool
        Open a browser; keep kernels warm.
    notebooks : Path, optional
        A folder with en/ and nl/ to show instead of the shipped notebooks.
    speak : str, optional
        The language for visitors who have not chosen.

    Raises
    ------
    SettingError
        When the workbook, the notebooks, the host or the port cannot be used.
    """
    shop, root = open_shop(folder), find_notebooks(notebooks)
    chosen = free_port(host, port)
    key = default_token(host, token)
    os.environ["CSWORKBOOK"] = str(shop.folder or "")
    os.environ["CSWORKBOOK_HOME"] = workbooks_home(shop, host)
    with progress(_("Starting the server …")):
        from csworkbook.serve import application

    config = application.configure(
        root, speak or shop.settings.language, host=host, port=chosen, preheat=preheat
    )
    with application.VisitsFolder():
        server = application.make(shop, root, config, language=speak, token=key)
        server.announce = lambda running: announce(running, shop, key, browser=browser)
        server.start()


def workbooks_home(shop: Shop, host: str) -> str:
    """Where pages may make and open workbooks: the current folder, for visitors of this computer only.

    Empty where a workbook is served, or where others can connect: they would see each other's.

    >>> workbooks_home(open_shop(), "0.0.0.0")
    ''
    """
    return str(Path.cwd()) if shop.is_demo and host in LOCAL else ""


def default_token(host: str, token: str | None) -> str:
    """The key for visitors: the one given, none on this computer, else a new one.

    >>> default_token("localhost", None), len(default_token("0.0.0.0", None))
    ('', 32)
    """
    if token is None:
        return "" if host in LOCAL else secrets.token_hex(16)
    return token


def find_notebooks(folder: Path | None) -> Path:
    """The notebooks to show: `folder` when given, else the shipped ones.

    Raises
    ------
    SettingError
        When there is no en/ or nl/ with a notebook in it.
    """
    root = (folder or notebooks_folder()).expanduser().resolve()
    if not any(path for code in LANGUAGES for path in (root / code).glob("*.ipynb")):
        raise SettingError(
            _("There are no notebooks in {folder}.").format(folder=root),
            allowed=_("They belong in its folders en and nl."),
        )
    return root


def free_port(host: str, port: int | None) -> int:
    """The port asked for, or the first free one from 8866 on.

    Raises
    ------
    SettingError
        When the port is taken, or this computer has no such address.
    """
    wanted = [port] if port else range(PORT, PORT + 50)
    for candidate in wanted:
        if _is_free(host, candidate):
            return candidate
    raise SettingError(
        _("Port {port} is in use.").format(port=port or PORT),
        next_step=_("Stop the other program, or choose another one with --port."),
    )


def _is_free(host: str, port: int) -> bool:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
        return True
    except socket.gaierror as error:
        raise SettingError(
            _("This computer has no address “{host}”.").format(host=host),
            allowed=_("Allowed: localhost (only this computer) or 0.0.0.0 (everybody on the network)."),
        ) from error
    except OSError as error:
        if isinstance(error, PermissionError):
            raise SettingError(_("Port {port} may not be used.").format(port=port)) from error
        return False


def addresses(host: str, port: int, token: str) -> list[str]:
    """The addresses people can use, with the key in them.

    >>> addresses("localhost", 8866, "")
    ['http://localhost:8866/']
    """
    tail = f":{port}/" + (f"?token={quote(token)}" if token else "")
    if host not in ("0.0.0.0", "::", ""):
        return [f"http://[{host}]{tail}" if ":" in host else f"http://{host}{tail}"]
    return [f"http://{name}{tail}" for name in dict.fromkeys(["localhost", _network_address()]) if name]


def _network_address() -> str | None:
    """This computer's address on its network; asks the routing table, sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect(("192.0.2.1", 9))
            return trial.getsockname()[0]
        except OSError:
            return None


def announce(server: WorkbookServer, shop: Shop, token: str, *, browser: bool) -> None:
    """Say on the terminal where the pages are, and open them."""
    places = addresses(server.ip, server.port, token)
    with speaking(server.language or shop.settings.language) if server.language else speaking(_current()):
        what = _("the demo shop") if shop.is_demo else shop.name
        print(_("The pages of {shop} are ready:").format(shop=what))
        print(*(f"  {place}" for place in places), sep="\n")
        print(_("Stop with Ctrl+C."), flush=True)
    if browser:
        threading.Thread(target=webbrowser.open, args=(places[0],), daemon=True).start()


def _current() -> str:
    from csworkbook.language import current

    return current()


if __name__ == "__main__":
    sys.exit("Use: csworkbook serve")
