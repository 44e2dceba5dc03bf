"""Make sure the browser tests have a Chrome or Chromium, where this machine lets us.

On Debian with root rights it is installed from Debian's own packages; elsewhere this says what is
missing, and the browser tests skip (in CI they fail).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find():
    """The path of a Chrome or Chromium, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def may_install():
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    return bool(debian) and hasattr(os, "geteuid") and os.geteuid() == 0


def main():
    if find():
        return 0
    if not may_install():
        print("No Chrome or Chromium here: the browser tests will be skipped.", file=sys.stderr)
        return 0
    print("Installing Chromium from Debian's packages for the browser tests …", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "check": True}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
        **quiet,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
