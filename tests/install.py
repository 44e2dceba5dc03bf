"""Make sure the tests have a Chrome or Chromium, and a Java for Spark, where this machine lets us.

    python tests/install.py [chromium] [java]

On Debian with root rights what is missing is installed from Debian's own packages; elsewhere this says what is
missing, and the tests that need it skip (in CI they fail).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OLDEST_JAVA = 17
PACKAGES = {"chromium": ("chromium", "fonts-dejavu-core"), "java": ("default-jre-headless",)}
MISSING = {
    "chromium": "No Chrome or Chromium here: the browser tests will be skipped.",
    "java": f"No Java {OLDEST_JAVA} or newer here: the tests on Spark will be skipped.",
}


def find():
    """The path of a Chrome or Chromium, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def find_java():
    """The path of a Java that Spark can use, or None."""
    home = os.environ.get("JAVA_HOME")
    paths = (Path(home) / "bin" / "java" if home else None, shutil.which("java"))
    return next((str(path) for path in paths if path and java_version(path) >= OLDEST_JAVA), None)


def java_version(path):
    """Its first number, 0 where it does not run."""
    try:
        said = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r'version "(\d+)', said.stderr + said.stdout)
    return int(number[1]) if number and not said.returncode else 0


def may_install():
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    return bool(debian) and hasattr(os, "geteuid") and os.geteuid() == 0


def main(*asked):
    present = {"chromium": find, "java": find_java}
    missing = [what for what in asked or PACKAGES if not present[what]()]
    if not may_install():
        for what in missing:
            print(MISSING[what], file=sys.stderr)
        return
    if missing:
        install([package for what in missing for package in PACKAGES[what]])


def install(packages):
    print(f"Installing {', '.join(packages)} from Debian's packages for the tests …", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "check": True}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], **quiet)


if __name__ == "__main__":
    main(*sys.argv[1:])
