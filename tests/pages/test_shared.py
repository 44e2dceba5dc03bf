"""Widgets that look alike share one layout: nobody may change it for all of them."""

import ipywidgets
import pytest

from csworkbook.pages.bring import Bring
from csworkbook.pages.choose import choose
from csworkbook.pages.guesses import guesses
from csworkbook.pages.items import service_items
from csworkbook.pages.manifesto import manifesto_builder
from csworkbook.pages.persona_files import helpdesk_list, invitation_list
from csworkbook.pages.personas import find_personas
from csworkbook.pages.settings import shop_settings
from csworkbook.pages.talking import see, seen, shared
from csworkbook.shop import new_shop, open_shop

PARTS = [
    guesses, service_items, manifesto_builder, shop_settings, choose, find_personas, helpdesk_list, invitation_list,
    lambda shop: Bring(shop, "orders"),
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("own", [False, True])
def test_the_shared_layout_stays_as_it_is(part, own, tmp_path):
    part(new_shop(tmp_path / "shop", name="Fietsen", language="nl") if own else open_shop())
    layout = shared(ipywidgets.Layout)
    assert (layout.display, layout.visibility, layout.height, layout.width) == (None, None, None, None)


def test_one_of_two_widgets_with_one_layout_can_be_hidden():
    one, two = (ipywidgets.HTML(layout=shared(ipywidgets.Layout)) for _n in range(2))
    see(one, False)
    see(one, False)
    assert (seen(one), seen(two)) == (False, True)
    see(one, True)
    assert seen(one)
