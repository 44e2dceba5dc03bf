"""Run `csworkbook serve` as its users do: as a command, in a process of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

# a page whose kernel has heard whose page it is
ALIVE = "document.addEventListener('csw:alive', () => { document.documentElement.dataset.csw = 'alive'; });"
KERNEL_ID = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"


@dataclass
class Server:
    """A running `csworkbook serve`."""

    url: str
    process: subprocess.Popen
    log: Path

    def chapter(self, path):
        return f"{self.url}voila/render/{path}"

    def open(self, page, path):
        """Open a chapter, and wait until its kernel has heard whose page it is: what is typed before goes astray."""
        page.goto(self.chapter(path))
        page.wait_for_selector("html[data-csw=alive]", state="attached")

    def kernel(self, page):
        """The process behind a page, by the name of its connection file."""
        name = page.evaluate(KERNEL_ID)
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # others may end meanwhile
                if any(name in word for word in child.cmdline()):
                    return child
        return pytest.fail(f"no process has the kernel {name}:\n{self.log.read_text()}")

    def kill(self, page):
        """End the process behind a page, at once and for good."""
        process = self.kernel(page)
        process.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            while process.status() != psutil.STATUS_ZOMBIE:  # the server takes note in its own time
                time.sleep(0.02)

    @contextlib.contextmanager
    def asleep(self, page):
        """The process behind a page does not run while the block does."""
        process = self.kernel(page)
        process.suspend()
        try:
            yield
        finally:
            process.resume()


def free_port():
    with socket.socket() as trial:
        trial.bind(("localhost", 0))
        return trial.getsockname()[1]


def answers(url, process, seconds=120):
    """Whether the server answers before it ends, or before so many seconds are over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


@contextlib.contextmanager
def running(command, log, *, first="", tries=3, **options):
    """Run a server that takes a ``--port``, once it answers at `first`; gives its address and process.

    Between the choice of a free port and its use another program may take it: then another is tried.
    """
    for _try in range(tries):
        url = f"http://localhost:{(port := free_port())}/"
        with log.open("w") as out:
            process = subprocess.Popen(
                [*command, f"--port={port}"], stdout=out, stderr=subprocess.STDOUT, **options
            )
        try:
            if answers(url + first, process):
                yield url, process
                return
            stopped = process.poll() is not None
        finally:
            end(process)
        if not stopped:
            break
    pytest.fail(f"the server does not answer at {url}:\n{log.read_text()}")


def end(process):
    """Ask a server to stop; one that does not is stopped."""
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def serving(folder, *options, log, cwd=None):
    """Run `csworkbook serve` with these options, in folder `cwd`; `folder` None is the demo shop."""
    command = [sys.executable, "-m", "csworkbook.serve.command", "serve", *([str(folder)] if folder else [])]
    command += ["--no-browser", *map(str, options)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CSWORKBOOK")}
    with running(command, log, env=clean, cwd=cwd) as (url, process):
        yield Server(url, process, log)
