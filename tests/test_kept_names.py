"""Other programs call these functions and read these columns: they stay (ARCHITECTURE.md, "Names that stay")."""

import pytest

import csworkbook as cs


@pytest.fixture(scope="module")
def shop():
    return cs.open_shop()


@pytest.mark.parametrize(
    ("ask", "columns"),
    [
        (lambda s: cs.effort.by_stage(s.effort_survey), "stage answer count n share low high"),
        (lambda s: cs.effort.by_stage(s.effort_survey, by="device"), "device"),
        (lambda s: cs.service_gap.perception(s.perception), "role share low high n"),
        (
            lambda s: cs.service_gap.servqual(s.service_survey),
            "dimension expectation perception gap low high alpha n",
        ),
        (
            lambda _s: cs.funnel.from_rates([("Homepage", 1000), ("Click-through", 0.66)]),
            "step visitors step_rate total_rate",
        ),
        (
            lambda s: cs.funnel.measure(s.events, ["home", "product", "cart"], within="1D", by="device"),
            "device step visitors step_rate total_rate low high median_minutes",
        ),
        (
            lambda s: cs.value.predict(s.orders, horizon="365D"),
            "customer_id expected_orders expected_value alive",
        ),
        (
            lambda s: cs.personas.find(cs.personas.features(s), k=3, seed=0),
            "persona size share revenue_share",
        ),
    ],
)
def test_the_columns_that_stay(shop, ask, columns):
    assert set(columns.split()) <= set(ask(shop).table.columns)


def test_the_register_keeps_its_columns():
    kept = "id claim value low high unit source year section topic caveat"
    assert set(kept.split()) <= set(cs.evidence.table().columns)


def test_attributes_that_stay(shop):
    predicted = cs.value.predict(shop.orders)
    assert set(predicted.parameters) == set("rabpqv") | {"alpha"}
    assert predicted.log_likelihood < 0
    found = cs.personas.find(cs.personas.features(shop), k=2)
    assert found.k == 2
    assert sorted(set(found.labels)) == [1, 2]
    assert found.labels.index.name == "customer_id"


def test_staffing_keeps_its_attributes():
    found = cs.staffing.agents(
        200, 180, within_seconds=20, share=0.8, patience_seconds=None, concurrency=1, shrinkage=0
    )
    assert found.agents == 14
    kept = (found.service_level, found.waiting_probability, found.mean_wait_seconds, found.occupancy)
    assert kept == pytest.approx((0.8883500, 0.1741319, 7.8359, 10 / 14), abs=1e-4)


def test_intake_keeps_its_attributes(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "Ordernummer;Klantnummer;Datum;Bedrag\n1;a;03-01-2026;12,50\n2;b;04-01-2026;veel\n", "utf-8"
    )
    one = cs.intake.read(path)
    assert one.table == "orders"
    assert one.frame["revenue"].tolist() == [12.5]
    assert one.aside["reason"].str.len().gt(0).tolist() == [True]
    assert one.mapping["Bedrag"] == "revenue"
    assert any("semicolon" in note for note in one.notes)
    assert [found.table for found in cs.intake.read_all(path)] == ["orders"]


def test_a_shop_and_the_register_keep_theirs(shop):
    assert shop.orders is not None
    assert shop.settings.currency == "EUR"
    assert cs.evidence.get("chats-at-once-2-5").value == 2.5
