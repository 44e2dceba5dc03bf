"""Run `csworkbook serve` as its users do: as a command, in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Server:
    """A running `csworkbook serve`."""

    url: str
    process: subprocess.Popen
    log: Path

    def chapter(self, path):
        return f"{self.url}voila/render/{path}"


def free_port():
    with socket.socket() as trial:
        trial.bind(("localhost", 0))
        return trial.getsockname()[1]


def wait_for(url, process, log, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server does not answer at {url}:\n{log.read_text()}")


@contextmanager
def serving(folder, *options, log, cwd=None):
    """Run `csworkbook serve` with these options, in folder `cwd`; `folder` None is the demo shop."""
    port = free_port()
    command = [sys.executable, "-m", "csworkbook.serve.command", "serve", *([str(folder)] if folder else [])]
    command += ["--no-browser", f"--port={port}", *map(str, options)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CSWORKBOOK")}
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=clean, cwd=cwd)
        try:
            wait_for(f"http://localhost:{port}/", process, log)
            yield Server(f"http://localhost:{port}/", process, log)
        finally:
            process.terminate()
            process.wait(30)
