"""The `csworkbook` command: serve the pages, open the notebooks, make a workbook, look at a file, report on a week."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from csworkbook import __version__, language
from csworkbook.errors import SettingError, WorkbookError
from csworkbook.language import LANGUAGES
from csworkbook.language import gettext as _

OK, FAILED, MISUSED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``csworkbook``; those of the command line by default.

    Returns
    -------
    int
        0 when it went well, 1 when something of the user's cannot be used, 2 for a mistyped command.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    language.use(spoken(words, os.environ))
    try:
        options = build_parser().parse_args(words)
        return options.run(options)
    except SystemExit as leaving:
        return int(leaving.code or OK)
    except WorkbookError as error:
        print(str(error), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return OK
    except OSError as error:
        print(_("This did not work: {reason}.").format(reason=error), file=sys.stderr)
        return FAILED


def spoken(words: Sequence[str], environment: dict[str, str] | os._Environ) -> str:
    """The language to speak: ``--lang``, else $CSWORKBOOK_LANGUAGE, else the system's.

    >>> spoken(["serve", "--lang", "nl"], {})
    'nl'
    >>> spoken([], {"LANG": "de_DE.UTF-8"})
    'en'
    """
    asked = [after for word, after in pairwise(words) if word == "--lang"]
    asked += [word.partition("=")[2] for word in words if word.startswith("--lang=")]
    names = ("CSWORKBOOK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    found = (word[:2].lower() for word in (*asked, *(environment.get(name, "") for name in names)) if word)
    return next((code for code in found if code in LANGUAGES), "en")


class _Format(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """An argument parser that speaks the user's language."""

    def __init__(self, **options) -> None:
        super().__init__(**{"formatter_class": _Format, "add_help": False, **options})
        self._positionals.title, self._optionals.title = _("what"), _("choices")
        self.add_argument("-h", "--help", action="help", help=_("show this and stop"))


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command."""
    parser = _Parser(
        prog="csworkbook", description=_("Customer-service strategy for web shops, from your own tables.")
    )
    parser.add_argument(
        "--version", action="version", version=__version__, help=_("show the version and stop")
    )
    commands = parser.add_subparsers(
        title=_("commands"), metavar=_("COMMAND"), required=True, parser_class=_Parser
    )
    for add in (_add_serve, _add_lab, _add_new, _add_add, _add_check, _add_report):
        add(commands)
    return parser


def _add_serve(commands) -> None:
    says = _("Open the chapters as pages in the browser.")
    parser = commands.add_parser("serve", help=says, description=says)
    _add_folder(parser)
    parser.add_argument(
        "--port", type=_port, default=None, help=_("where to listen (8866, or the next free one)")
    )
    parser.add_argument(
        "--host",
        default="localhost",
        help=_("who may connect: localhost (only you) or 0.0.0.0 (the network)"),
    )
    parser.add_argument("--no-browser", action="store_true", help=_("do not open a browser"))
    token = parser.add_mutually_exclusive_group()
    token.add_argument(
        "--token",
        default=None,
        metavar="TOKEN",
        help=_("the key visitors need; made up when the network can connect"),
    )
    token.add_argument("--no-token", action="store_true", help=_("let everybody in who can connect"))
    parser.add_argument(
        "--no-preheat", action="store_true", help=_("save memory: start computing only when a page is opened")
    )
    parser.add_argument(
        "--notebooks", type=Path, default=None, help=_("show these notebooks instead of the shipped ones")
    )
    _add_language(parser)
    parser.set_defaults(run=_serve)


def _add_lab(commands) -> None:
    says = _("Open the chapters as notebooks in JupyterLab, to read and change the code.")
    parser = commands.add_parser("lab", help=says, description=says)
    _add_folder(parser)
    parser.add_argument(
        "--port", type=_port, default=None, help=_("where to listen (8888, or the next free one)")
    )
    parser.add_argument("--no-browser", action="store_true", help=_("do not open a browser"))
    _add_language(parser)
    parser.set_defaults(run=_lab)


def _add_new(commands) -> None:
    says = _("Make a workbook: a folder for the tables and settings of one web shop.")
    parser = commands.add_parser("new", help=says, description=says)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help=_("the folder to make"))
    parser.add_argument("--name", required=True, help=_("the name of the shop"))
    _add_language(parser)
    parser.set_defaults(run=_new)


def _add_add(commands) -> None:
    says = _("Add files to a workbook; without a file, whatever waits in its inbox folder.")
    parser = commands.add_parser("add", help=says, description=says)
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help=_kinds())
    parser.add_argument(
        "--workbook", metavar="FOLDER", type=Path, default=None, help=_("the workbook to add them to")
    )
    parser.add_argument(
        "--assume", action="store_true", help=_("take what is most probable where a file leaves questions")
    )
    _add_language(parser)
    parser.set_defaults(run=_add)


def _kinds() -> str:
    return _("CSV, TSV, XLSX, XLS, ODS, JSON, JSON Lines, Parquet, or a ZIP or folder of those")


def _add_check(commands) -> None:
    says = _("Look at a file: what would be recognised, how its columns map, what would be set aside.")
    parser = commands.add_parser("check", help=says, description=says)
    parser.add_argument("file", metavar="FILE", type=Path, help=_kinds())
    parser.add_argument("--table", default=None, help=_("read it as this table, e.g. effort_survey"))
    _add_language(parser)
    parser.set_defaults(run=_check)


def _add_report(commands) -> None:
    says = _("Write the report of a week as one HTML file, for example every Monday morning.")
    parser = commands.add_parser("report", help=says, description=says)
    _add_folder(parser)
    parser.add_argument(
        "--week", type=_week, default=None, help=_("such as 2026-W25; the last finished week when left out")
    )
    where = _("the file or folder to write to; “reports” in the workbook when left out")
    parser.add_argument("--out", metavar="FILE", type=Path, default=None, help=where)
    _add_language(parser)
    parser.set_defaults(run=_report)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    says = _("a workbook made with “csworkbook new”; the demo shop when left out")
    parser.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, default=None, help=says)


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=list(LANGUAGES), default=None, help=_("nl (Dutch) or en (English)"))


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(_("“{text}” is no port; allowed: 1 to 65535").format(text=text))
    return int(text)


def _week(text: str) -> date:
    from csworkbook.serve.week import day_of

    try:
        return day_of(text)
    except ValueError:
        said = _("“{text}” is no week; write it like 2026-W25").format(text=text)
        raise argparse.ArgumentTypeError(said) from None


def _serve(options: argparse.Namespace) -> int:
    from csworkbook.serve.launch import serve

    token = "" if options.no_token else options.token
    serve(
        options.folder,
        host=options.host,
        port=options.port,
        token=token,
        browser=not options.no_browser,
        preheat=not options.no_preheat,
        notebooks=options.notebooks,
        speak=options.lang,
    )
    return OK


def _lab(options: argparse.Namespace) -> int:
    from csworkbook.serve.lab import open_lab

    return open_lab(options.folder, port=options.port, browser=not options.no_browser)


def _new(options: argparse.Namespace) -> int:
    from csworkbook.shop import new_shop

    if not options.name.strip():
        raise SettingError(_("A shop needs a name."), next_step=_("Give it with --name."))
    shop = new_shop(options.folder, name=options.name.strip(), language=language.current())
    print(_("The workbook of {shop} is made in {folder}.").format(shop=shop.name, folder=shop.folder))
    print(_("Open it with: csworkbook serve {folder}").format(folder=options.folder))
    return OK


def _add(options: argparse.Namespace) -> int:
    from csworkbook.serve.add import add

    lines, good = add(options.files, options.workbook, assume=options.assume)
    print("\n".join(lines))
    return OK if good else FAILED


def _check(options: argparse.Namespace) -> int:
    from csworkbook.serve.check import report

    for line in report(options.file, table=options.table):
        print(line)
    return OK


def _report(options: argparse.Namespace) -> int:
    from csworkbook.serve.week import write

    path = write(options.folder, week=options.week, out=options.out, speak=options.lang)
    print(_("The report is written: {file}").format(file=path))
    return OK


if __name__ == "__main__":
    sys.exit(main())
