import json
import os

import pytest

from csworkbook.errors import SettingError
from csworkbook.serve import lab


def test_notebooks_are_copied_once_and_never_overwritten(two_chapters, tmp_path):
    target = tmp_path / "mine"
    copied = lab.copy_notebooks(two_chapters, target)
    assert sorted(path.name for path in copied) == [
        "03_effort.ipynb",
        "03_effort.ipynb",
        "06_value.ipynb",
        "99_draft.ipynb",
    ]
    (target / "nl/03_effort.ipynb").write_text("changed by hand")
    (target / "en/03_effort.ipynb").unlink()
    assert lab.copy_notebooks(two_chapters, target) == [target / "en/03_effort.ipynb"]
    assert (target / "nl/03_effort.ipynb").read_text() == "changed by hand"


def test_a_folder_that_cannot_be_written(two_chapters, tmp_path):
    (tmp_path / "mine").write_text("a file where a folder should be")
    with pytest.raises(SettingError, match="cannot be written"):
        lab.copy_notebooks(two_chapters, tmp_path / "mine")


def test_a_workbook_gets_its_own_notebooks(workbook, two_chapters, monkeypatch):
    monkeypatch.setattr(lab, "notebooks_folder", lambda: two_chapters)
    assert lab.lab_folder(workbook) == workbook.folder / "notebooks"
    assert (workbook.folder / "notebooks/nl/03_effort.ipynb").exists()
    assert lab.lab_environment(workbook)["CSWORKBOOK"] == str(workbook.folder)


def test_lab_is_quiet(tmp_path):
    command = lab.lab_command(tmp_path, 8890, False)
    assert "--LabApp.extension_manager=readonly" in command
    assert "--no-browser" in command
    assert "--ServerApp.port=8890" in command
    settings = json.loads((lab.CONFIG / "labconfig/default_setting_overrides.json").read_text())
    notifications = settings["@jupyterlab/apputils-extension:notification"]
    assert notifications == {"fetchNews": "false", "checkForUpdates": False}


def test_lab_finds_our_settings(workbook):
    path = lab.lab_environment(workbook)["JUPYTER_CONFIG_PATH"]
    assert path.split(os.pathsep)[0] == str(lab.CONFIG)
