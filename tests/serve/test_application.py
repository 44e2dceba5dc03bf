import os

from csworkbook.serve import application, words
from csworkbook.shop import open_shop


def test_one_warm_kernel_for_each_chapter_and_none_for_the_rest(two_chapters):
    assert application.pools(two_chapters, "en") == {
        "default": {"pool_size": 0},
        "en/03_effort.ipynb": {"pool_size": 1},
        "nl/03_effort.ipynb": {"pool_size": 1},
        "nl/06_value.ipynb": {"pool_size": 1},
    }


def test_warm_kernels_are_limited_and_the_shops_language_comes_first(tmp_path, notebook):
    for code in ("en", "nl"):
        for number in range(6):
            notebook(tmp_path / code / f"{number:02}.ipynb", "# x", app=True)
    warm = [path for path, pool in application.pools(tmp_path, "nl").items() if pool["pool_size"]]
    assert len(warm) == application.WARM_AT_MOST
    assert [path[:2] for path in warm] == ["nl"] * 6 + ["en"] * 2


def test_only_localhost_goes_without_the_network_measures(two_chapters):
    local = application.configure(two_chapters, "nl").Voila.tornado_settings
    network = application.configure(two_chapters, "nl", host="0.0.0.0").Voila.tornado_settings
    assert (local["allow_remote_access"], network["allow_remote_access"]) == (False, True)
    assert network["compress_response"]


def test_kernels_left_behind_are_culled_and_the_dead_stay_dead(two_chapters):
    config = application.configure(two_chapters, "nl")
    assert config.MappingKernelManager.cull_idle_timeout == 1200
    assert not config.MappingKernelManager.cull_connected
    assert not config.KernelManager.autorestart


def test_without_preheat_nothing_is_kept_warm(two_chapters):
    config = application.configure(two_chapters, "nl", preheat=False)
    assert not config.VoilaConfiguration.preheat_kernel
    assert "VoilaKernelManager" not in config


def test_the_folder_for_visits_is_private_and_goes_away():
    with application.VisitsFolder() as folder:
        assert os.environ["CSWORKBOOK_VISITS"] == str(folder)
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "something").write_text("x")
    assert not folder.exists()
    assert "CSWORKBOOK_VISITS" not in os.environ


def test_the_words_around_a_chapter_are_in_the_language_of_its_folder(two_chapters, workbook):
    dutch = words.page_words(workbook, two_chapters, "nl/03_effort.ipynb", "/")
    assert (dutch["language"], dutch["back"], dutch["shop"]) == ("nl", "Alle hoofdstukken", "Fietsenwinkel")
    assert (dutch["other"], dutch["other_url"]) == ("English", "/voila/render/en/03_effort.ipynb")
    assert dutch["demo"] is False
    only_dutch = words.page_words(open_shop(), two_chapters, "nl/06_value.ipynb", "/")
    assert only_dutch["other_url"] == ""
    assert only_dutch["demo"] is True


def test_the_template_is_found(two_chapters):
    application._find_template()
    from voila.paths import collect_template_paths

    paths = collect_template_paths(["voila", "nbconvert"], application.TEMPLATE, prune=True)
    assert str(application.SHARE / "voila/templates/csworkbook") in paths
