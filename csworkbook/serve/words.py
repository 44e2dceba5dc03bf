"""The words around a chapter: header, waiting, and what to do when the connection is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csworkbook.language import LANGUAGES, speaking
from csworkbook.language import gettext as _
from csworkbook.serve.landing import other_language
from csworkbook.shop import Shop


def page_words(shop: Shop, root: Path, path: str, base_url: str) -> dict[str, Any]:
    """Everything the template writes around a chapter, in the language of its folder.

    Parameters
    ----------
    shop : Shop
        The shop that is open.
    root : Path
        The notebooks folder.
    path : str
        The notebook, relative to `root`.
    base_url : str
        Where the server's addresses begin.
    """
    language = path.partition("/")[0]
    language = language if language in LANGUAGES else "en"
    with speaking(language):
        return {
            "language": language,
            "home": f"{base_url}?lang={language}",
            **shop_words(shop),
            **_switch(root, path, base_url),
            **_chapter_words(),
        }


def shop_words(shop: Shop) -> dict[str, Any]:
    """Which shop is open, and whether its data is invented."""
    return {"shop": shop.name, "demo": shop.is_demo}


def _switch(root: Path, path: str, base_url: str) -> dict[str, str]:
    other = other_language(root, path)
    if other is None:
        return {"other": "", "other_code": "", "other_url": ""}
    code = other.partition("/")[0]
    return {"other": LANGUAGES[code], "other_code": code, "other_url": f"{base_url}voila/render/{other}"}


def _chapter_words() -> dict[str, str]:
    return {
        "brand": _("Customer service workbook"),
        "back": _("All chapters"),
        "skip": _("Skip to the content"),
        "parts": _("On this page"),
        "starting": _("One moment, the figures are being worked out …"),
        "slow": _("This takes longer than usual. The first visit after a start can take half a minute."),
        "failed": _("This part of the page could not be made; what follows it is left out."),
        "failed_next": _("Load the page again; if it stays, check the data of this shop."),
        "lost": _(
            "The computation behind this page has stopped. What you see stays, but nothing changes any more."
        ),
        "offline": _("The server does not answer. This page goes on by itself as soon as it is back."),
        "reload": _("Load the page again"),
        "no_script": _("This page needs JavaScript; switch it on and load the page again."),
    }


def landing_words() -> dict[str, str]:
    """The words of the landing page, in the language spoken now."""
    return {
        "brand": _("Customer service workbook"),
        "skip": _("Skip to the content"),
        "title": _("What do you want to know?"),
        "lead": _("Each chapter answers one question with your own data and shows what to do about it."),
        "private": _(
            "Everything stays on the computer this page runs on: no figures, names or clicks are sent anywhere."
        ),
        "demo_banner": _(
            "You are looking at the demo shop. Its data is invented; try everything, nothing can break."
        ),
        "own_banner": _("Open now: {name}."),
        "other_shop": _("Bring more, or open another shop"),
        "more": _("Bring more"),
        "ready": _("Ready"),
        "missing": _("Missing: {tables}"),
        "extra": _("Richer with: {tables}"),
        "none": _("There are no chapters in this language yet."),
    }


def door_words(status: int) -> dict[str, str]:
    """The words of the pages before and beside the chapters: the key and what is not there."""
    return {
        "brand": _("Customer service workbook"),
        "key_title": _("This workbook is locked"),
        "key_lead": _("Paste the key from the address you were given: the part behind “token=”."),
        "key_label": _("Key"),
        "key_button": _("Open the workbook"),
        "key_wrong": _("That key does not fit. Ask for the full address of this workbook."),
        "error_title": _("This page is not there") if status == 404 else _("Something went wrong"),
        "error_lead": _("The address may be old, or mistyped.")
        if status == 404
        else _("The page could not be made. Try again in a moment."),
        "back": _("All chapters"),
    }
