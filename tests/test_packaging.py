"""pip, conda and the lock say the same, and nothing in the project names a package host."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-spark.lock")  # what everybody needs; Spark, for the tests only
CONDA_NAMES = {"python-duckdb": "duckdb", "ibis-duckdb": "ibis-framework", "python-tzdata": "tzdata"}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def needed():
    return {canonicalize_name(r.name): r for r in map(Requirement, project()["dependencies"])}


def conda():
    lines = re.findall(r"^\s+- ([a-z][\w-]*>=[\d.]+)$", (ROOT / "environment.yml").read_text(), re.M)
    found = {r.name: r for r in map(Requirement, lines)}
    return {CONDA_NAMES.get(name, name): requirement for name, requirement in found.items()}


def locked():
    """Every version the locks hold, by package (several where Python versions differ)."""
    text = "\n".join((ROOT / name).read_text() for name in LOCKS)
    pins = re.findall(r"^([\w.-]+)==([\w.]+)", text, re.M)
    versions = {}
    for name, version in pins:
        versions.setdefault(canonicalize_name(name), []).append(Version(version))
    return versions


def test_conda_and_pip_ask_for_the_same_packages_and_versions():
    mine = conda()
    assert str(mine.pop("python").specifier) == project()["requires-python"]
    assert {name: str(r.specifier) for name, r in mine.items()} == {
        name: str(r.specifier) for name, r in needed().items()
    }


def test_the_lock_holds_every_dependency_in_a_version_that_is_allowed():
    pins = locked()
    extras = [Requirement(r) for group in project()["optional-dependencies"].values() for r in group]
    for requirement in [*needed().values(), *extras]:
        versions = pins[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


@pytest.mark.parametrize(("name", "least"), [("requirements.lock", 100), ("requirements-spark.lock", 2)])
def test_every_pin_in_the_lock_has_a_hash(name, least):
    text = (ROOT / name).read_text()
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
    assert len(blocks) >= least
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_no_address(name):
    assert "://" not in (ROOT / name).read_text()


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_the_project_names_no_package_host_or_folder_of_a_build_machine():
    hosts = re.compile(r"https?://[\w.-]*(py" + r"pi|pythonhosted|npm" + r"js)\.|/(wo" + r"rk|fa" + r"rm)/")
    texts = [
        p
        for p in tracked()
        if p.suffix in {".py", ".md", ".toml", ".yml", ".ipynb", ".lock", ".js", ".html", ".j2", ""}
    ]
    named = [p.name for p in texts if p.is_file() and hosts.search(p.read_text("utf-8", "ignore"))]
    assert named == []


def test_the_wheel_holds_template_notebooks_and_demo_shop(tmp_path):
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        tmp_path,
        ROOT,
    ]
    subprocess.run(command, check=True, capture_output=True)
    from zipfile import ZipFile

    names = ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for wanted in (
        "csworkbook/_shipped/notebooks/nl/03_effort_survey.ipynb",
        "csworkbook/_shipped/data/shop/effort_survey.parquet",
        "csworkbook/locale/nl/LC_MESSAGES/csworkbook.mo",
        "csworkbook/content/evidence.csv",
        "csworkbook/pages/static/page.css",
    ):
        assert wanted in names
    assert any(name.endswith("share/jupyter/voila/templates/csworkbook/index.html.j2") for name in names)
