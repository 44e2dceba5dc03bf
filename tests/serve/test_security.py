"""What a visitor must not be able to do, tried on a running server."""

import asyncio
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect


def in_a_thread(talk):
    """Run a coroutine in a loop of its own, also where another test keeps one running here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(talk())).result()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_request):
        return None


def ask(server, path, *, follow=False, **headers):
    """Status, text and headers of an address."""
    opener = urllib.request.build_opener(*([] if follow else [_Stay]))
    request = urllib.request.Request(
        server.url + path.lstrip("/"), headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def config(page):
    """The page configuration inside a chapter page."""
    return json.loads(
        re.search(r'id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.S)[1]
    )


def key(server):
    return re.search(r"\?token=([0-9a-f]{32})", server.log.read_text())[1]


def test_a_network_server_prints_its_full_address_and_asks_for_the_key(locked_server):
    token = key(locked_server)
    status, _text, headers = ask(locked_server, "/")
    assert status == 302
    assert headers["Location"].startswith("/login")
    assert ask(locked_server, f"/?token={token}")[0] == 200
    assert ask(locked_server, "/?token=wrong")[0] == 302
    assert ask(locked_server, "/voila/render/en/01_start.ipynb")[0] == 302
    assert ask(locked_server, "/csw/kernel/00000000-0000-0000-0000-000000000000")[0] == 403


def test_the_key_is_kept_in_a_cookie_from_the_first_page_on(locked_server):
    _status, _text, headers = ask(locked_server, f"/?token={key(locked_server)}")
    cookies = [
        value.split(";")[0] for value in headers.get_all("Set-Cookie") if value.startswith("username-")
    ]
    assert all(
        "HttpOnly" in value for value in headers.get_all("Set-Cookie") if value.startswith("username-")
    )
    status, page, _headers = ask(locked_server, "/voila/render/en/01_start.ipynb", Cookie=cookies[0])
    assert status == 200
    assert "Start" in page
    assert key(locked_server) not in page


def test_the_page_that_asks_for_the_key(locked_server):
    status, page, _headers = ask(locked_server, "/", follow=True, Accept_Language="nl")
    assert status == 200
    assert 'lang="nl"' in page
    assert 'type="password"' in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_on_localhost_no_key_but_only_under_localhosts_name(open_server):
    assert ask(open_server, "/")[0] == 200
    assert ask(open_server, "/", Host="evil.example:80")[0] in (403, 404)
    assert ask(open_server, "/voila/render/en/01_start.ipynb", Host="evil.example")[0] in (403, 404)


@pytest.mark.parametrize("path", ["en/picture.png", "en/01_start.ipynb", "../outside.ipynb", "nl/"])
def test_no_files_are_served(open_server, path):
    assert ask(open_server, f"/voila/files/{path}")[0] in (403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "../outside.ipynb",
        "..%2Foutside.ipynb",
        "en/../../outside.ipynb",
        "en/%2e%2e/%2e%2e/outside.ipynb",
        "/etc/passwd",
        "en/nothing.ipynb",
        "en/picture.png",
        "en",
        "",
    ],
)
def test_only_the_notebooks_are_pages(open_server, path):
    status, page, _headers = ask(open_server, f"/voila/render/{path}", Accept_Language="nl")
    assert status == 404
    assert "Deze pagina is er niet" in page
    assert "Traceback" not in page


@pytest.mark.parametrize(
    "path",
    [
        "voila/tree",
        "voila/tree/en",
        "voila/api/contents",
        "api/contents",
        "api/kernels",
        "api/sessions",
        "nothing",
    ],
)
def test_what_is_not_there(open_server, path):
    status, page, _headers = ask(open_server, f"/{path}")
    assert status == 404
    assert "outside" not in page


def test_another_template_is_refused(open_server):
    _status, page, _headers = ask(open_server, "/voila/render/en/01_start.ipynb?template=lab&theme=dark")
    assert "csw-bar" in page
    assert "cdn.jsdelivr.net" not in page
    assert "theme-dark" not in page


def test_a_page_shows_no_code_no_taught_cells_and_no_address(open_server):
    _status, page, _headers = ask(open_server, "/voila/render/nl/01_start.ipynb?secret=1")
    assert '<html lang="nl">' in page
    assert "language nl None" in page
    assert "only in the notebook" not in page
    assert "os.environ" not in page
    assert "secret=1" not in page


def test_a_failing_cell_is_one_sentence(open_server):
    _status, page, _headers = ask(open_server, "/voila/render/en/02_broken.ipynb")
    assert "before" in page
    assert "This part of the page could not be made" in page
    assert "ZeroDivisionError" not in page
    assert "Traceback" not in page
    assert "show_tracebacks" not in page


def test_a_browser_cannot_run_code(open_server, tmp_path):
    _status, page, _headers = ask(open_server, "/voila/render/en/01_start.ipynb")
    kernel, proof = config(page)["kernelId"], tmp_path / "written"
    code = f"open({str(proof)!r}, 'w').write('x')"

    async def talk():
        address = f"ws{open_server.url[4:]}api/kernels/{kernel}/channels"
        socket = await websocket_connect(HTTPRequest(address, headers={"Origin": open_server.url[:-1]}))
        for kind, content in (
            ("execute_request", {"code": code, "silent": False}),
            ("kernel_info_request", {}),
        ):
            header = {"msg_id": kind, "msg_type": kind, "username": "", "session": "s", "version": "5.3"}
            message = {
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": content,
                "channel": "shell",
            }
            await socket.write_message(json.dumps(message))
        answered = set()
        while "kernel_info_reply" not in answered:
            raw = await asyncio.wait_for(socket.read_message(), 20)
            answered.add(json.loads(raw)["header"]["msg_type"] if isinstance(raw, str) else "binary")
        socket.close()
        return answered

    answered = in_a_thread(talk)
    assert "execute_reply" not in answered
    assert not proof.exists()


def test_a_foreign_page_cannot_open_the_socket(open_server):
    _status, page, _headers = ask(open_server, "/voila/render/en/01_start.ipynb")
    address = f"ws{open_server.url[4:]}api/kernels/{config(page)['kernelId']}/channels"

    async def talk():
        await websocket_connect(HTTPRequest(address, headers={"Origin": "http://evil.example"}))

    with pytest.raises(Exception, match="403"):
        in_a_thread(talk)


def test_a_kernel_that_is_not_there(open_server):
    assert ask(open_server, "/csw/kernel/00000000-0000-0000-0000-000000000000")[0] == 404
    _status, page, _headers = ask(open_server, "/voila/render/en/01_start.ipynb")
    assert ask(open_server, f"/csw/kernel/{config(page)['kernelId']}")[0] == 204


def test_the_language_switch_is_kept(open_server):
    _status, page, headers = ask(open_server, "/?lang=nl", Accept_Language="en")
    assert '<html lang="nl">' in page
    cookie = next(value for value in headers.get_all("Set-Cookie") if value.startswith("csworkbook-language"))
    assert '<html lang="nl">' in ask(open_server, "/", Cookie=cookie.split(";")[0], Accept_Language="en")[1]
    assert '<html lang="en">' in ask(open_server, "/?lang=%3Cscript%3E", Accept_Language="en")[1]


def test_scripts_are_sent_as_one_to_be_kept(open_server):
    _status, page, _headers = ask(open_server, "/voila/render/en/01_start.ipynb")
    first, voila = config(page)["cswScripts"]["ordered"]
    status, script, headers = ask(open_server, first)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert len(script) > 10**6
    assert ask(open_server, voila)[0] == 200
