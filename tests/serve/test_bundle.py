from csworkbook.serve import bundle


def test_listed_scripts_are_joined_unchanged_and_the_large_stay_apart(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a/one.js").write_text('"use strict";window.one=1 // end')
    (tmp_path / "b/one.js").write_text("never")
    (tmp_path / "b/two.js").write_text("window.two=2")
    (tmp_path / "b/big.js").write_bytes(b" " * (bundle.OWN_FILE + 1))
    listed = tmp_path / "scripts.txt"
    listed.write_text("static/one.js\nstatic/gone.js\nextensions/two.js\nextensions/big.js\nunknown/x.js\n")
    monkeypatch.setattr(bundle, "LIST", listed)
    folders = [str(tmp_path / "a"), str(tmp_path / "b")], [str(tmp_path / "b")]
    expected = '(function(){"use strict";window.one=1 // end\n})();\n(function(){window.two=2\n})();'
    assert bundle.bundle(*folders).decode() == expected
    assert bundle.large(*folders) == ["extensions/big.js"]


def test_the_list_fits_what_is_installed():
    from voila.paths import collect_static_paths
    from voila.utils import get_voila_labextensions_path

    static, extensions = collect_static_paths(["voila", "nbconvert"], "lab"), get_voila_labextensions_path()
    names = bundle.LIST.read_text().split()
    found = bundle._find(tuple(static), tuple(extensions))
    assert len(found) > 0.8 * len(names), "make csworkbook/serve/scripts.txt anew (see bundle.py)"
