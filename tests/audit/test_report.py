"""The report's files say the same thing, survive strangers' texts, and can be read by the programs people use."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import runpy
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashkit.audit import render
from hashkit.audit.report import charts, redacted, tables
from hashkit.audit.report.parquet import as_parquet
from hashkit.audit.report.people import NOT_HIDDEN, short_hash
from hashkit.audit.report.workbook import as_workbook
from hashkit.audit.result import FLOW_BLOCKS
from hashkit.audit.sections import FileRow, RollForward
from hashkit.audit.three_way import PaperRow, ThreeWay
from hashkit.domain.register import fold
from tests.audit.sample import NAMES, TOKEN, account, evidence, facts, sample

ROOT = Path(__file__).resolve().parents[2]
RESULT = sample()
FILES = render(RESULT)
PAGE = FILES["report.html"].decode()
CSS = PAGE[PAGE.index("<style>") : PAGE.index("</style>")]


def sheet(book: bytes, name: str) -> list[list[object]]:
    loaded = openpyxl.load_workbook(io.BytesIO(book), read_only=True)
    return [[cell.value for cell in row] for row in loaded[name].rows]


def table(name: str) -> tables.Table:
    return next(t for t in tables.all_tables(RESULT) if t.name == name)


# The same numbers everywhere


@pytest.mark.parametrize("name", [t.name for t in tables.all_tables(RESULT)])
def test_csv_workbook_and_parquet_hold_the_same_table(name):
    made = table(name)
    texts = [[str(cell) for cell in row] for row in made.rows]
    heads, *rows = csv.reader(io.StringIO(FILES[f"tables/{name}.csv"].decode()))
    assert (heads, rows) == ([column for column, _ in made.columns], texts)
    read = pyarrow.parquet.read_table(io.BytesIO(FILES[f"tables/{name}.parquet"]))
    assert [[str(row[head]) for head in heads] for row in read.to_pylist()] == texts
    first, *below = sheet(FILES["report.xlsx"], made.title)
    assert first == heads and len(below) == len(rows)
    for shown, row in zip(below, made.rows, strict=True):
        for value, cell, (_, kind) in zip(shown, row, made.columns, strict=True):
            same = Decimal(value or 0) == Decimal(cell or 0) if kind != "text" else (value or "") == str(cell)
            assert same, (name, value, cell)


def test_another_reader_sums_the_register_exactly(tmp_path):
    (tmp_path / "register.parquet").write_bytes(FILES["tables/register.parquet"])
    query = "select sum(balance::decimal(38, 6)), count(*) from read_parquet(?)"
    total, many = duckdb.execute(query, [str(tmp_path / "register.parquet")]).fetchone()
    assert (str(total), many) == (RESULT.amount(RESULT.figures.accounted), RESULT.figures.holders)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=40), st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**256 - 1)), max_size=30
    )
)
def test_any_table_comes_back_from_parquet(rows):
    rows = [(text.encode("utf-8", "replace").decode(), number, str(amount)) for text, number, amount in rows]
    made = tables.Table("t", "T", (("text", "text"), ("number", "whole"), ("amount", "amount")), rows)
    read = pyarrow.parquet.read_table(io.BytesIO(as_parquet(made)))
    assert [tuple(row.values()) for row in read.to_pylist()] == rows


def test_more_rows_than_a_page_of_parquet_come_back(monkeypatch):
    monkeypatch.setattr("hashkit.audit.report.parquet.PAGE_ROWS", 7)
    made = tables.Table("t", "T", (("number", "whole"),) * 1, [(n,) for n in range(100)])
    assert pyarrow.parquet.read_table(io.BytesIO(as_parquet(made)))["number"].to_pylist() == list(range(100))


def test_the_page_and_the_text_show_every_holder():
    for holder in RESULT.holders:
        assert holder.wallet in PAGE and holder.wallet in FILES["report.txt"].decode()
    assert PAGE.count('<tr id="h') == len(RESULT.holders)


def test_an_opening_and_the_files_of_the_auditor_are_shown():
    first, second = RESULT.holders[0].wallet, RESULT.holders[1].wallet
    rows = (
        PaperRow("S-1", "issue", first, "100.00", "100.00", "100.00 HKD", "100.00 HKD", ""),
        PaperRow("S-2", "issue", second, "", "7.00", "7.00 HKD", "7.00 HKD", "paid, not issued"),
    )
    period = RollForward(5_000_000, "2026-06-30T23:59:58Z", 900 * 10**6, 100 * 10**6, 0, 0, 0, 0, 1_000 * 10**6)
    told = replace(
        RESULT.sections,
        roll_forward=period,
        three_way=ThreeWay(rows, 100 * 10**6, 107 * 10**6, 0, 0, 0),
        files=(FileRow("issues", "issuance.csv", 321, "ab" * 32),),
    )
    files = render(replace(RESULT, sections=told))
    page = files["report.html"].decode()
    for shown in ("Opening, block 5,000,000, 2026-06-30", "107.000000", "-7.000000", "✗ paid, not issued", "ab" * 32):
        assert shown in page, shown
    assert "opening at block 5000000" in files["report.txt"].decode()
    assert "paid, not issued" in files["tables/papers.csv"].decode()


def test_freezes_documents_and_second_wallets_are_shown():
    for place in ("freezes", "documents", "investors"):
        assert f'id="{place}"' in PAGE and table(place).rows
    assert "https://issuer.test/prospectus.pdf" in PAGE and 'href="https://issuer.test' not in PAGE


def test_the_page_names_the_hash_of_every_file_beside_it():
    for name, content in FILES.items():
        assert name == "report.html" or f"<code class=\"break\">{hashlib.sha256(content).hexdigest()}" in PAGE, name


def test_every_link_on_the_page_has_its_place():
    places = set(re.findall(r'\bid="([^"]+)"', PAGE))
    wanted = set(re.findall(r'href="#([^"]+)"', PAGE))
    assert wanted <= places and {"register", "orders", "acts", "C01", "h1"} <= wanted
    assert len(re.findall(r'\bid="', PAGE)) == len(places)


# Exact in a workbook


@pytest.mark.parametrize(
    ("amounts", "kept"),
    [
        (["1.5", "0.25", "-3"], [1.5, 0.25, -3]),
        (["0.1", "1.5"], ["0.1", "1.5"]),
        (["1234567890123456"], ["1234567890123456"]),
        ([str(2**200), "1"], [str(2**200), "1"]),
    ],
    ids=["exact", "no double is 0.1", "more than 15 digits", "a stranger's 256 bits"],
)
def test_a_column_is_numbers_only_when_all_of_them_are_exact(amounts, kept):
    made = tables.Table("t", "T", (("amount", "amount"),), [(a,) for a in amounts])
    assert [row[0] for row in sheet(as_workbook([made], []), "T")[1:]] == kept


def test_a_workbook_has_no_formula_no_link_and_no_compression():
    made = tables.Table("t", "T", (("text", "text"),), [("=1+1",), ("http://x.test",), ("@SUM(A1)",), ("\x1b[2J",)])
    book = as_workbook([made], [("=1", "=2")])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert {(info.compress_type, info.date_time[0]) for info in archive.infolist()} == {(0, 1980)}
        inside = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in inside and b"hyperlink" not in inside
    texts = ["=1+1", "http://x.test", "@SUM(A1)", "\N{REPLACEMENT CHARACTER}[2J"]
    assert [row[0] for row in sheet(book, "T")[1:]] == texts


# Same bytes


def test_rendering_again_gives_the_same_bytes_and_a_choice_is_a_part_of_all():
    assert render(sample()) == FILES
    some = render(RESULT, ["csv", "json"])
    assert some and all(FILES[name] == content for name, content in some.items())


# Charts


def test_each_chart_stands_beside_its_table():
    made = charts.charts(RESULT)
    assert set(made) == {"supply", "waterfall", "concentration", "countries", "holder-count", "flows", "ladder",
                         "hours"}  # fmt: skip
    for key, chart in made.items():
        assert chart.rows and all(len(row) == len(chart.heads) for row in chart.rows), key
        assert PAGE.count(f'id="{key}"') == 1
    assert re.fullmatch(r".*index [\d,]+ of 10,000.*", made["concentration"].note)


def test_flows_add_up_to_the_figures_and_holders_to_the_register():
    assert sum(up for _, up, _ in RESULT.flows) == RESULT.figures.minted
    assert sum(down for *_, down in RESULT.flows) == RESULT.figures.burnt
    assert RESULT.holder_steps[-1][2] == RESULT.figures.holders
    months = [row[0] for row in charts.charts(RESULT)["flows"].rows]
    assert months == sorted(months) and months[0] == "2024-10" and len(months) == 24


def test_a_month_without_a_flow_is_shown_and_many_years_are_drawn_by_year():
    made = charts.flows(replace(RESULT, flows=(("2024-11", 5, 0), ("2025-02", 0, 3))))
    assert [row[0] for row in made.rows] == ["2024-11", "2024-12", "2025-01", "2025-02"]
    made = charts.flows(replace(RESULT, flows=(("2015-01", 5, 0), ("2025-02", 7, 3))))
    assert [row[0] for row in made.rows] == [str(year) for year in range(2015, 2026)] and made.title == "Flows per year"


def test_too_many_flows_are_not_dated(monkeypatch):
    assert FLOW_BLOCKS >= 10_000
    monkeypatch.setattr("hashkit.audit.result.FLOW_BLOCKS", 3)
    from hashkit.audit.result import judge

    assert judge(evidence()).flows == () and "flows" not in charts.charts(judge(evidence()))


@given(st.lists(st.tuples(st.integers(0, 2**256 - 1), st.integers(0, 2**256 - 1)), min_size=1, max_size=9))
def test_charts_stay_inside_their_frame_whatever_a_stranger_minted(flows):
    months = tuple((f"2025-{n:02d}", up, down) for n, (up, down) in enumerate(flows, 1))
    steps = tuple((n, RESULT.block.timestamp - 100 + n, up) for n, (up, _) in enumerate(flows))
    for chart in (charts.flows(replace(RESULT, flows=months)), charts.supply(replace(RESULT, supply_steps=steps))):
        for x, y in re.findall(r'\bx="([-\d.]+)"(?: y="([-\d.]+)")', str(chart.svg)):
            assert 0 <= float(x) <= 460 and 0 <= float(y) <= 170


# Readable by everybody


def rgb(hex_: str) -> list[float]:
    full = hex_ if len(hex_) == 6 else "".join(c * 2 for c in hex_)
    return [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]


def luminance(hex_: str) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(hex_)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(theme):
    root = CSS.split("prefers-color-scheme:dark")[theme].split("*{")[0]
    colours = dict(re.findall(r"--(\w+):#([0-9a-f]{3,6})", root))
    for text in ("fg", "dim", "ink", "good", "bad", "note", "none"):
        for ground in ("bg", "soft", *([f"{text}bg"] if f"{text}bg" in colours else [])):
            light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_tables_have_heads_with_a_scope_and_a_caption():
    assert PAGE.count("<th") - PAGE.count("<thead") == PAGE.count('<th scope="col"')
    assert "recon" in PAGE and PAGE.count("<caption>") == PAGE.count("<table") - 1


def test_a_long_register_leaves_the_page_usable_and_the_files_whole():
    many = sample(1_700)
    files = render(many)
    page = files["report.html"].decode()
    shown = f"The first 1,000 of {len(many.holders):,} rows."
    assert len(many.holders) > 1_200 and page.count('<tr id="h') == 1_000 and shown in page
    assert files["tables/register.csv"].count(b"\n") == len(many.holders) + 1
    assert len(sheet(files["report.xlsx"], "Register")) == len(many.holders) + 1
    assert f"The first 1,000 of {len(many.holders):,}" in files["report.txt"].decode()


def test_strangers_texts_are_harmless_in_every_file():
    tricks = "\x1b[2J\u202egnp<script>alert(1)</script>\ud800=1"
    hostile = replace(
        RESULT,
        findings=tuple(replace(f, text=f.text + tricks, evidence=(tricks,)) for f in RESULT.findings),
        acts=tuple(replace(act, text=tricks) for act in RESULT.acts[:5]),
    )
    for name, content in render(hostile).items():
        assert b"<script" not in content or not name.endswith(".html"), name
        if name.endswith((".html", ".csv", ".txt", ".json")):
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", content.decode()), name


# People


def test_names_are_shown_only_when_given_and_every_file_says_so():
    named = render(RESULT, names=NAMES)
    assert all("CONFIDENTIAL-" in name for name in named)
    assert not any("CONFIDENTIAL" in name or b"Made-up Investor" in content for name, content in FILES.items())
    holder = RESULT.holders[0]
    for name in ("report.html", "report.txt", "audit.json"):
        content = named[f"CONFIDENTIAL-{name}"].decode()
        assert NAMES[holder.wallet] in content and "confidential" in content.lower(), name
    page = named["CONFIDENTIAL-report.html"].decode()
    assert '@top-right{content:"CONFIDENTIAL"' in page and "CONFIDENTIAL · names people" in page
    assert sheet(named["CONFIDENTIAL-report.xlsx"], "Register")[1][0] == NAMES[holder.wallet]
    assert named["tables/CONFIDENTIAL-register.csv"].decode().splitlines()[1].startswith(f'"{NAMES[holder.wallet]}"')


def test_a_holder_who_is_not_in_the_file_is_told():
    page = render(RESULT, ["html"], names={})["CONFIDENTIAL-report.html"].decode()
    assert page.count("not in the file") == len(RESULT.holders)


def test_redaction_leaves_no_wallet_investor_or_transaction_anywhere():
    hidden = render(redacted(RESULT))
    secret = {h.wallet for h in RESULT.holders} | {h.investor for h in RESULT.holders}
    secret |= {wallet for wallet, *_ in RESULT.former} | {a.transaction for a in RESULT.acts}
    secret |= {a.agent for a in RESULT.acts if a.agent} | {p.agent for p in RESULT.powers}
    for name, content in hidden.items():
        text = content.decode("latin-1").lower()
        assert not [word for word in secret if word.lower() in text or word.lower()[2:12] in text], name
    first, page = short_hash(RESULT.holders[0].wallet), hidden["report.html"].decode()
    assert page.count(first) >= 2 and first in hidden["tables/register.csv"].decode()
    assert TOKEN in page and RESULT.block.hash in page
    assert all(NOT_HIDDEN in hidden[name].decode() for name in ("report.html", "report.txt", "audit.json"))


def test_redaction_keeps_every_figure():
    before, after = json.loads(FILES["audit.json"]), json.loads(render(redacted(RESULT), ["json"])["audit.json"])
    assert before["figures"] == after["figures"] and before["result"] == after["result"]
    assert [h["balance"] for h in before["holders"]] == [h["balance"] for h in after["holders"]]


def test_the_sample_is_a_history_our_contracts_allow():
    register = fold(facts(139).facts, TOKEN)
    assert not register.irregularities and register.supply == RESULT.figures.reported
    assert account("investor", 76) in register.balances


# The committed digests: the same bytes on every Python (`make prove PART=report`)


def test_the_bytes_are_the_committed_ones():
    made = runpy.run_path(str(ROOT / "tools/report_digests.py"))
    committed = json.loads(made["DIGESTS"].read_text("utf-8"))
    changed = sorted(name for name, digest in made["digests"]().items() if committed.get(name) != digest)
    assert not changed, "readers will see other bytes; if that is meant, run: python tools/report_digests.py"
