"""How do the chapters become pages? Voila, with our template, our front page and our locks.

The server shows notebooks only, runs no code a browser sends, serves no files beside its own
scripts, answers on localhost only to localhost names, and asks for a token everywhere else.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import tornado.ioloop
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from traitlets import Any as AnyTrait
from traitlets import Unicode
from traitlets.config import Config
from voila.app import Voila

from csworkbook.language import LANGUAGES
from csworkbook.serve import handlers, landing
from csworkbook.serve.words import page_words
from csworkbook.shop import Shop

SHARE = Path(__file__).parent / "share" / "jupyter"
TEMPLATE = "csworkbook"
WARM_AT_MOST = 8
EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
    "jupyterlab-plotly",
]
_KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
# many small kernels share one machine: one thread each, and memory given back rather than kept for speed
SMALL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_PRIVATE = ("VOILA_REQUEST_URL", "QUERY_STRING", "JUPYTER_TOKEN")


class Kernels(AsyncMappingKernelManager):
    """Kernels that do not learn the visitor's address, which holds the token.

    Voila would also hand the address of one visitor to the warm kernel of the next.
    """

    async def start_kernel(self, *args: Any, env: dict[str, str] | None = None, **kwargs: Any) -> str:
        """Start a kernel in the folder of its notebook."""
        env = {name: value for name, value in (env or os.environ).items() if name not in _PRIVATE}
        return await super().start_kernel(*args, env={**SMALL, **env}, **kwargs)


class WorkbookServer(Voila):
    """The pages of one shop.

    Parameters
    ----------
    shop : Shop
        The shop whose tables the pages show.
    language : str, optional
        The language of a visitor who has not chosen; else the shop's, else the browser's.
    announce : callable, optional
        Called once with this server when it listens.
    """

    shop = AnyTrait()
    language = Unicode(allow_none=True, default_value=None)
    announce = AnyTrait(allow_none=True)

    def listen(self) -> None:
        """Listen, tell who waits for it, and serve until stopped."""
        if self.announce:
            tornado.ioloop.IOLoop.current().add_callback(self.announce, self)
        super().listen()

    def init_handlers(self) -> list:
        """Our own pages first, then Voila's, then the page for everything that is not there."""
        own = [
            ("/", handlers.Landing, self._voila()),
            ("/login", handlers.Key),
            (rf"/csw/kernel/{_KERNEL}", handlers.KernelThere),
            (r"/voila/(?:tree|api/contents)(?:/.*)?", handlers.NotThere, self._voila()),
            (
                r"/voila/render/(.*)",
                handlers.Chapter,
                self._voila(config=self.config, template_paths=self.template_paths),
            ),
        ]
        own += handlers.static_routes(self)
        rest = [(r"/.*", handlers.NotThere, self._voila())]
        return (
            [(url_path_join(self.server_url, path), *more) for path, *more in own]
            + super().init_handlers()
            + rest
        )

    def page_config(
        self, config: dict[str, Any], *, notebook_path: str, base_url: str, **_more: Any
    ) -> dict[str, Any]:
        """What the template and the scripts of a chapter need to know."""
        words = page_words(self.shop, self.root, notebook_path, base_url)
        return {**config, **handlers.static_addresses(self, config["federated_extensions"]), "csw": words}

    @property
    def root(self) -> Path:
        """The notebooks folder."""
        return Path(self.root_dir)

    def notebooks(self) -> set[str]:
        """The chapters that can be opened, as paths relative to the notebooks folder."""
        return {f"{code}/{path.name}" for code in LANGUAGES for path in (self.root / code).glob("*.ipynb")}

    def _voila(self, **more: Any) -> dict[str, Any]:
        return {"voila_configuration": self.voila_configuration, **more}


def configure(
    root: Path, language: str, *, host: str = "localhost", port: int = 8866, preheat: bool = True
) -> Config:
    """Every choice about Voila in one place.

    Parameters
    ----------
    root : Path
        The notebooks folder.
    language : str
        The language whose chapters are kept warm first.
    host, port : str, int
        Where to listen.
    preheat : bool
        Keep a kernel ready for every chapter, so that its page is there at once.
    """
    pages = {
        "template": TEMPLATE,
        "allow_template_override": "NO",
        "allow_theme_override": "NO",
        "strip_sources": True,
        "show_tracebacks": False,
        "file_allowlist": [],
        "extension_allowlist": EXTENSIONS,
        "multi_kernel_manager_class": Kernels,
        "preheat_kernel": preheat,
        "default_pool_size": 0,
        "resources": {"csworkbook": True},
    }
    server = {"ip": host, "port": port, "root_dir": str(root), "open_browser": False, "log_level": "ERROR"}
    choices = {
        "Voila": {**server, **_sockets(), "config_file_paths": [], "tornado_settings": _network(host)},
        "VoilaConfiguration": pages,
        "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {"teach"}},
        "HTMLExporter": {"anchor_link_text": " "},  # not empty: that would leave the link open
        "MappingKernelManager": {"cull_idle_timeout": 20 * 60, "cull_interval": 60, "cull_connected": False},
        "KernelManager": {"autorestart": False, **_transport()},  # an empty kernel helps nobody
        "ZMQChannelsWebsocketConnection": {"limit_rate": False},  # a dropped message is a lost download
    }
    warm = {"VoilaKernelManager": {"kernel_pools_config": pools(root, language), "fill_delay": 2.5}}
    return Config({**choices, **(warm if preheat else {})})


def is_local(host: str) -> bool:
    """Whether only this computer can reach a server at this address."""
    return host in ("localhost", "127.0.0.1", "::1")


def _network(host: str) -> dict[str, Any]:
    return {
        "allow_remote_access": not is_local(host),  # else a hostile page could name this server as its own
        "websocket_max_message_size": 64 * 2**20,
        "compress_response": not is_local(host),
        "ws_ping_interval": 30_000,
        "ws_ping_timeout": 30_000,
    }


def _transport() -> dict[str, str]:
    return {"transport": "ipc"} if os.name == "posix" else {}


def _sockets() -> dict[str, str]:
    return {"connection_dir_root": "/tmp"} if os.name == "posix" else {}  # socket names must stay short


def pools(root: Path, language: str) -> dict[str, dict[str, int]]:
    """How many kernels are kept warm for which notebook: one for each chapter, at most eight in all.

    A warm kernel holds about 110 MB; the chapters in the reader's language come first.
    """
    order = [language, *(code for code in LANGUAGES if code != language)]
    paths = [card.path for code in order for card in landing.cards(root, code, ())]
    return {"default": {"pool_size": 0}} | {path: {"pool_size": 1} for path in paths[:WARM_AT_MOST]}


def make(
    shop: Shop, root: Path, config: Config, *, language: str | None = None, token: str = ""
) -> WorkbookServer:
    """The server for one shop, ready for ``start()``."""
    _find_template()
    server = WorkbookServer(shop=shop, language=language, token=token)
    server.update_config(config)
    server.config.VoilaConfiguration.page_config_hook = server.page_config
    server.initialize([])
    return server


def _find_template() -> None:
    paths = os.environ.get("JUPYTER_PATH", "").split(os.pathsep)
    if str(SHARE) not in paths:
        os.environ["JUPYTER_PATH"] = os.pathsep.join([str(SHARE), *filter(None, paths)])


class VisitsFolder:
    """The folder for what visitors of the demo bring, gone when the server stops.

    It is in memory where the system offers that, and readable by this user only.
    """

    def __enter__(self) -> Path:
        memory = Path("/dev/shm")
        base = memory if os.access(memory, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="csworkbook-", dir=base))
        os.environ["CSWORKBOOK_VISITS"] = str(self.folder)
        return self.folder

    def __exit__(self, *_error: object) -> None:
        os.environ.pop("CSWORKBOOK_VISITS", None)
        shutil.rmtree(self.folder, ignore_errors=True)
