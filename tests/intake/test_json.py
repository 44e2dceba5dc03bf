"""JSON and JSON Lines: records flattened, lines inside them a row each, ids with all their digits."""

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csworkbook.errors import DataError
from csworkbook.intake import files

calm = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
ORDERS = [
    {
        "id": 6123456789012345678,
        "name": "#1001",
        "total_price": "49.90",
        "customer": {"email": "an@example.com", "default_address": {"city": "Gent"}},
        "tags": ["nieuw", "b2b"],
        "tax_lines": [{"rate": 0.21}, {"rate": 0.09}, {"rate": 0}],
        "line_items": [
            {"sku": "TR-1", "quantity": 2, "price": 19.95},
            {"sku": "SJ-2", "quantity": 1, "price": 10},
        ],
    },
    {"id": 6123456789012345679, "name": "#1002", "customer": None, "tags": [], "line_items": []},
    {"id": 17, "name": "#1003", "customer": {"email": "bo@example.com"}, "line_items": [{"sku": "TR-1"}]},
]


def one(document, name="orders.json"):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    raws = files.read(data, filename=name)
    assert len(raws) == 1
    return raws[0]


@pytest.mark.parametrize(
    "document", [ORDERS, {"orders": ORDERS}, {"data": {"orders": ORDERS, "next": None}, "count": 3}]
)
def test_orders_with_their_lines_whatever_is_wrapped_around_them(document):
    raw = one(document)
    frame = raw.frame
    assert frame["line_items.sku"].tolist()[:2] == ["TR-1", "SJ-2"]
    assert frame["line_items.sku"].isna().tolist() == [
        False,
        False,
        True,
        False,
    ]  # an order without lines stays
    assert frame["name"].tolist() == ["#1001", "#1001", "#1002", "#1003"]
    assert frame["customer.email"].dropna().tolist() == ["an@example.com", "an@example.com", "bo@example.com"]
    assert frame["customer.default_address.city"].dropna().tolist() == ["Gent", "Gent"]
    assert "customer" not in frame
    assert raw.lines.tolist() == [1, 1, 2, 3]
    assert raw.read == 4
    assert any("“line_items”" in note for note in raw.notes)


def test_long_ids_keep_their_digits_and_numbers_stay_numbers():
    frame = one(ORDERS).frame
    assert [str(cell) for cell in frame["id"]] == [
        "6123456789012345678",
        "6123456789012345678",
        "6123456789012345679",
        "17",
    ]
    assert frame["line_items.quantity"].tolist()[:2] == [2, 1]
    assert frame["line_items.price"].tolist()[:2] == [19.95, 10]
    gaps = one([{"a": 1717171717171, "b": 1}, {"b": 2}]).frame
    assert gaps["a"].tolist()[0] == 1717171717171
    assert "." not in str(gaps["a"].tolist()[0])


def test_lists_of_words_are_joined_and_other_lists_are_kept_as_json():
    frame = one(ORDERS).frame
    assert frame["tags"].tolist()[0] == "nieuw, b2b"
    assert frame["tags"].isna().tolist() == [False, False, True, True]
    assert json.loads(frame["tax_lines"].tolist()[0]) == [{"rate": 0.21}, {"rate": 0.09}, {"rate": 0}]


def test_a_list_that_only_describes_a_record_is_not_taken_for_its_lines():
    tickets = [
        {"id": 1, "subject": "x", "custom_fields": [{"id": 9, "value": "a"}, {"id": 8, "value": None}]}
    ]
    assert len(one({"tickets": tickets}).frame) == 1


def test_without_a_known_name_the_longest_list_gives_the_rows():
    visits = [{"id": 1, "zoekopdrachten": [{"q": "a"}], "bezochte": [{"url": "/"}, {"url": "/x"}]}]
    assert one(visits).frame["bezochte.url"].tolist() == ["/", "/x"]


def test_several_lists_in_one_file_are_several_tables():
    raws = files.read(
        json.dumps(
            {"tickets": [{"id": 1, "s": "a"}], "users": [{"id": 8, "n": "b"}], "x": [{"y": 1}]}
        ).encode()
    )
    assert [raw.part for raw in raws] == ["tickets", "users"]


def test_one_order_by_itself_is_one_record_and_not_a_wrapper():
    assert one(ORDERS[0]).frame["name"].tolist() == ["#1001", "#1001"]
    assert one({"order": ORDERS[0]}).frame["name"].tolist() == ["#1001", "#1001"]


def test_graphql_nodes_and_rows_of_cells():
    nodes = {
        "data": {
            "orders": {"edges": [{"node": {"id": "gid://1", "n": 1}}, {"node": {"id": "gid://2", "n": 2}}]}
        }
    }
    assert one(nodes).frame["n"].tolist() == [1, 2]
    cells = one([["Datum", "Bedrag"], ["2024-01-01", 5], ["2024-01-02", 6.5]])
    assert cells.frame.to_dict("list") == {"Datum": ["2024-01-01", "2024-01-02"], "Bedrag": [5, 6.5]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_json_lines(encoding, end):
    text = end.join(json.dumps({"id": n, "naam": "café"}, ensure_ascii=False) for n in (1, 2, 3)) + end
    raw = one(text.encode(encoding), "chats.ndjson")
    assert raw.frame.to_dict("list") == {"id": [1, 2, 3], "naam": ["café"] * 3}
    assert raw.lines.tolist() == [1, 2, 3]


def test_a_json_lines_file_cut_off_keeps_its_whole_lines():
    lines = [json.dumps({"id": n, "messages": [{"text": "a"}, {"text": "b"}]}) for n in (1, 2, 3)]
    raw = one("\n".join([lines[0], "", lines[1], '"only text"', lines[2][:20]]).encode(), "chats.jsonl")
    assert raw.frame["messages.text"].tolist() == ["a", "b", "a", "b"]
    assert raw.lines.tolist() == [1, 1, 3, 3]
    assert raw.broken["row"].tolist() == [2, 4, 5]
    assert raw.broken["reason"].tolist() == [
        "the line is empty",
        "the line is no whole JSON record",
        "the line is no whole JSON record",
    ]
    assert raw.broken["text"].tolist()[2] == lines[2][:20]
    assert raw.read == 7


def test_gz_inside_and_out():
    data = gzip.compress("\n".join(json.dumps({"id": n, "x": "y"}) for n in range(5)).encode())
    raw = one(data, "chats.jsonl.gz")
    assert (len(raw.frame), raw.filename, raw.part) == (5, "chats.jsonl", None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b'{"orders": [{"id": 1}, {"id": 2',
            "is a JSON file that is damaged or cut off. It goes wrong at line 1.",
        ),
        (b'[{"id": 1},\n{"id": 2},\n{"id', "It goes wrong at line 3."),
        (b"[1, 2, 3]", "is JSON, but holds no list of records"),
        (b'{"orders": []}', "is JSON, but holds no list of records"),
        (b"[{}, {}]", "fewer than two fields"),
        (b"[" * 100_000, "is a JSON file that is damaged"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is a JSON file that is damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data, said):
    with pytest.raises(DataError) as error:
        files.read(data, filename="orders.json")
    assert said in str(error.value)


def test_fields_by_the_thousand_are_refused():
    records = [{f"field {n} {m}": 1 for m in range(10)} for n in range(300)]
    with pytest.raises(DataError, match="columns"):
        files.read(json.dumps(records).encode())


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["id", "a", "b.c", "", "lines", "ü"]), inner),
    ),
    max_leaves=20,
)


@calm
@given(st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=5), max_size=8), st.booleans())
def test_any_records_give_a_table_or_a_sentence(records, by_line):
    text = "\n".join(map(json.dumps, records)) if by_line else json.dumps(records)
    try:
        raws = files.read(text.encode(), filename="x.json")
    except DataError as error:
        assert str(error)  # noqa: PT017
        return
    for raw in raws:
        assert len(raw.lines) == len(raw.frame) > 0
        assert raw.frame.columns.is_unique


@calm
@given(st.lists(st.integers(0, 10**19), min_size=2, max_size=30), st.data())
def test_whole_numbers_are_never_rounded(ids, data):
    records = [{"id": n, "x": "y"} for n in ids]
    del records[data.draw(st.integers(0, len(ids) - 1))]["id"]
    found = [
        str(cell) for cell in files.read(json.dumps(records).encode())[0].frame.get("id", ()) if cell == cell
    ]
    assert [cell for cell in found if cell != "None"] == [
        str(record["id"]) for record in records if "id" in record
    ]


@calm
@given(st.data())
def test_json_cut_off_anywhere(data):
    text = json.dumps({"orders": ORDERS}, indent=data.draw(st.sampled_from([None, 1])))
    try:
        raws = files.read(text[: data.draw(st.integers(0, len(text) - 1))].encode(), filename="x.json")
    except DataError as error:
        assert str(error)  # noqa: PT017
    else:
        assert sum(raw.read for raw in raws) > 0
