"""The pages and addresses this server adds to Voila's."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tornado.web
from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler, FileFindHandler
from tornado.escape import url_escape
from voila.handler import BaseVoilaHandler
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.utils import get_voila_labextensions_path, make_url
from voila.voila_identity_provider import VoilaLoginHandler

from csworkbook import visits
from csworkbook.language import LANGUAGES, join, ngettext, number, speaking
from csworkbook.naming import table_name
from csworkbook.serve import landing
from csworkbook.serve.bundle import LIST, bundle, large
from csworkbook.serve.words import door_words, landing_words, shop_words

if TYPE_CHECKING:
    from csworkbook.serve.application import WorkbookServer
    from csworkbook.shop import Shop

COOKIE = "csworkbook-language"
TEMPLATES = Path(__file__).parent / "share" / "jupyter" / "voila" / "templates"
GATE = {"name": "csworkbook", "load": "static/gate.js", "extension": "./gate"}
FOREVER = "public, max-age=31536000, immutable"


class Spoken:
    """A handler that knows the visitor's language."""

    @property
    def server(self) -> WorkbookServer:
        """The server this request came to."""
        return self.settings["voila"]

    def language(self) -> str:
        """The visitor's language."""
        shop = self.server.shop
        own = self.server.language or (None if shop.is_demo else shop.settings.language)
        asked = self.get_query_argument("lang", None)
        return landing.choose_language(
            asked, self.get_cookie(COOKIE), own, self.request.headers.get("Accept-Language", "")
        )

    def show(self, template: str, **content: Any) -> None:
        """Write one of our own pages."""
        words = {"csw": content, "base_url": self.base_url, "asset": self.asset}
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(self.settings["voila_jinja2_env"].get_template(template).render(**words))

    def asset(self, name: str) -> str:
        """The address of a file of our template, new when the file is."""
        return make_url("csworkbook", self.base_url, f"static/{name}")

    def write_error(self, status_code: int, **_details: Any) -> None:
        """One sentence instead of a report."""
        language = self.language()
        with speaking(language):
            self.show("error.html", language=language, home=self.base_url, **door_words(status_code))

    def keep(self, language: str) -> None:
        """Remember the language for a year, on this browser only."""
        self.set_cookie(COOKIE, language, path=self.base_url, expires_days=365, samesite="Lax")


class Landing(Spoken, BaseVoilaHandler):
    """The front page: one card for each chapter."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the cards in the visitor's language."""
        language = self.language()
        if self.get_query_argument("lang", None) in LANGUAGES:
            self.keep(language)
        with speaking(language):
            self.show("landing.html", **self.content(language))

    def content(self, language: str) -> dict[str, Any]:
        """Everything the template writes."""
        root, shop = self.server.root, self.shop()
        other = next(code for code in LANGUAGES if code != language)
        return {
            "language": language,
            "other": LANGUAGES[other],
            "other_code": other,
            "other_url": f"{self.base_url}?lang={other}",
            "home": self.base_url,
            "words": landing_words(),
            "cards": [describe(card, self.base_url) for card in landing.cards(root, language, shop.tables())],
            "visits": self.server.shop.is_demo,
            "start": landing.start(root, language, self.base_url),
            **shop_words(shop),
        }

    def shop(self) -> Shop:
        """The shop this visitor looks at: the one that is served, or what his browser tab opened instead."""
        served = self.server.shop
        visit = self.request.headers.get("X-Csworkbook-Visit", "")
        return (visits.opened(visit) if served.is_demo else None) or served


def describe(card: landing.Card, base_url: str = "/") -> dict[str, Any]:
    """A card in words, in the language spoken now."""
    minutes = ngettext("{n} minute", "{n} minutes", card.minutes).format(n=number(card.minutes))
    return {
        "url": f"{base_url}voila/render/{card.path}",
        "title": card.title,
        "question": card.question,
        "minutes": minutes if card.minutes else "",
        "ready": card.ready,
        "needs": names(card.needs),
        "missing": names(card.missing),
        "extra": names(card.extra),
    }


def names(tables: tuple[str, ...]) -> str:
    """Tables as people call them, in one phrase."""
    return join([table_name(table) for table in tables]) if tables else ""


class Chapter(Spoken, TornadoVoilaHandler):
    """One chapter as a page; what is no notebook of ours is not there."""

    @tornado.web.authenticated
    async def get(self, path: str = "") -> None:
        """Send the page as it comes about."""
        if path not in self.server.notebooks():
            raise tornado.web.HTTPError(404)
        for name in ("template", "theme"):
            self.request.arguments.pop(name, None)
        self.keep(path.partition("/")[0])
        _ = self.xsrf_token  # sets the cookie with which a page that is left ends its kernel
        await super().get(path)


class Key(Spoken, VoilaLoginHandler):
    """The page that asks for the key (token) of a workbook that is not on localhost."""

    def _render(self, message: dict[str, str] | None = None) -> None:
        language = self.language()
        following = url_escape(self.get_argument("next", default=self.base_url))
        with speaking(language):
            content = {"language": language, "next": following, "wrong": bool(message), "home": self.base_url}
            self.show("key.html", xsrf=self.xsrf_form_html(), **content, **door_words(200))


class NotThere(Spoken, BaseVoilaHandler):
    """What Voila would show and we do not, and everything else that is not there."""

    def prepare(self, **_options: Any) -> None:
        """Answer that there is nothing here, whoever asks and however."""
        raise tornado.web.HTTPError(404)


class KernelThere(APIHandler):
    """Does the kernel behind a page still live? 204 when it does, 404 when it does not."""

    @tornado.web.authenticated
    async def get(self, kernel_id: str) -> None:
        """Look at the process itself; a kernel that died is tidied away."""
        manager = self.kernel_manager
        if kernel_id not in manager:
            raise tornado.web.HTTPError(404)
        if not await ensure_async(manager.get_kernel(kernel_id).is_alive()):
            await ensure_async(manager.shutdown_kernel(kernel_id, now=True))
            raise tornado.web.HTTPError(404)
        self.set_status(204)
        self.finish()


class _Forever:
    """Files whose address changes when they do, so a browser asks only once."""

    def set_headers(self) -> None:
        """Say that the file never changes."""
        super().set_headers()
        self.set_header("Cache-Control", FOREVER)


class Script(_Forever, MultiStaticFileHandler):
    """Voila's own scripts."""


class Extension(_Forever, FileFindHandler):
    """The scripts of widgets and pictures."""


class Bundle(tornado.web.RequestHandler):
    """The scripts every chapter needs, as one."""

    def initialize(self, content: bytes) -> None:
        """Take the script to send."""
        self.content = content

    def get(self) -> None:
        """Send it, to be kept."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", FOREVER)
        self.finish(self.content)


def static_addresses(server: WorkbookServer, extensions: list[dict]) -> dict[str, Any]:
    """Where the scripts are, in the names Voila's page configuration uses; new with every version.

    `extensions` are those Voila found; ours, which only waits, is added.
    """
    base = f"{server.base_url}csw/{_versions()}"
    first = [f"{base}/{name}" for name in large(*_folders(server))]
    return {
        "fullStaticUrl": f"{base}/static",
        "fullLabextensionsUrl": f"{base}/extensions",
        "federated_extensions": [*extensions, GATE],
        "cswScripts": {"any": first, "ordered": [f"{base}/bundle.js", f"{base}/static/voila.js"]},
    }


def static_routes(server: WorkbookServer) -> list[tuple]:
    """The addresses of `static_addresses`, with what answers there."""
    base, (static, extensions) = f"/csw/{_versions()}", _folders(server)
    return [
        (rf"{base}/bundle\.js", Bundle, {"content": bundle(static, extensions)}),
        (rf"{base}/static/(.*)", Script, {"paths": server.static_paths}),
        (rf"{base}/extensions/(.*)", Extension, {"path": extensions}),
    ]


def _folders(server: WorkbookServer) -> tuple[list[str], list[str]]:
    return server.static_paths, [*get_voila_labextensions_path(), str(TEMPLATES)]


@lru_cache
def _versions() -> str:
    parts = ("csworkbook", "voila", "plotly", "anywidget", "ipywidgets", "jupyterlab_widgets")
    known = [*(version(part) for part in parts), LIST.read_text("utf-8")]
    return sha256(" ".join(known).encode()).hexdigest()[:12]
