"""assets/<SYMBOL>.toml: what is read, and that every problem of a file is listed at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashkit.domain.parties import InvestorClass
from hashkit.domain.terms import instant
from hashkit.errors import InputError
from hashkit.store.terms import read_terms

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = [*ROOT.glob("examples/assets/*.toml"), *ROOT.glob("hashkit/store/templates/assets/*.toml")]

GOOD = """
symbol = "HKGREEN"
name = "Green"
decimals = 6
kind = "bond"
cap = "50000000"
isin = "HK0EXAMPLE17"
currency = "HKD"
[issuer]
name = "Issuer Ltd"
lei = "999900EXAMPLE0000131"
[rules]
countries = ["HK", "SGP", "756"]
classes = ["professional", "venue"]
lockup_until = 2027-01-01
max_units_per_investor = "10.5"
[[documents]]
name = "prospectus"
uri = "ipfs://bafy"
hash = "0x%s"
""" % ("ab" * 32)


def _write(folder: Path, text: str | bytes, name: str = "HKGREEN.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as refused:
        read_terms(path)
    assert refused.value.exit_code == 2
    return refused.value.details


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_committed_samples_hold(path: Path) -> None:
    terms = read_terms(path)
    assert terms.isin and terms.lei and terms.currency and terms.symbol == path.stem


def test_read_terms(tmp_path: Path) -> None:
    terms = read_terms(_write(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()))
    assert terms.countries == (344, 702, 756)
    assert terms.classes == (InvestorClass.PROFESSIONAL, InvestorClass.VENUE)
    assert terms.lockup_until == instant("2027-01-01") and terms.mode == "open"
    assert str(terms.max_units_per_investor) == "10.500000" and str(terms.cap) == "50000000.000000"
    assert terms.documents[0].uri == "ipfs://bafy"


FURTHER = """minimum_holding = "2"
denomination = "0.5"
max_holders = 200
max_holders_in = { HK = 50, SG = 20 }
velocity = { units = "5", period = "1d" }
holding_period = "90d"
sanctions_oracle = "0x8ba1f109551bd432803012645ac136ddd64dba72"
countries ="""


def test_the_rules_of_a_rule_book(tmp_path: Path) -> None:
    terms = read_terms(_write(tmp_path, GOOD.replace("countries =", FURTHER)))
    assert (str(terms.minimum_holding), str(terms.denomination)) == ("2.000000", "0.500000")
    assert (terms.max_holders, terms.max_holders_in) == (200, ((344, 50), (702, 20)))
    assert (str(terms.velocity), terms.velocity_period, terms.holding_period) == ("5.000000", 86_400, 7_776_000)
    assert terms.sanctions_oracle == "0x8ba1f109551bD432803012645Ac136ddd64DBA72"


def test_all_problems_of_the_rules_at_once(tmp_path: Path) -> None:
    wrong = (
        FURTHER.replace('"2"', '"20"').replace('"0.5"', '"0.0000005"').replace("200", "0").replace("HK =", "UK =")
        .replace('"1d"', '"1w"').replace('"90d"', '"soon"').replace("0x8ba1f109", "0x8BA1f109")
    )  # fmt: skip
    problems = _problems(_write(tmp_path, GOOD.replace("countries =", wrong)))
    fields = [line.partition(":")[0] for line in problems]
    assert fields == [
        "rules.denomination", "rules.max_holders_in", "rules.velocity.period", "rules.holding_period",
        "rules.sanctions_oracle", "minimum_holding", "max_holders",
    ]  # fmt: skip


def test_role_matrix(tmp_path: Path) -> None:
    rows = 'mode = "role-matrix"\nrole_matrix = { retail = ["venue"], venue = ["retail", "venue"] }\ncountries ='
    terms = read_terms(_write(tmp_path, GOOD.replace("countries =", rows)))
    assert [f"{a.label}>{b.label}" for a, b in terms.role_matrix] == ["retail>venue", "venue>retail", "venue>venue"]
    wrong = rows.replace("retail =", "retial =").replace('"retail", "venue"', '"venus", "retail", 5')
    problems = _problems(_write(tmp_path, GOOD.replace("countries =", wrong)))
    assert problems == ("rules.role_matrix.venue[3]: give a text in quotation marks, not \"5\"",)
    problems = _problems(_write(tmp_path, GOOD.replace("countries =", wrong.replace(", 5", ""))))
    assert len(problems) == 2 and "rules.role_matrix: " in problems[0] and "rules.role_matrix.venue[1]" in problems[1]


@pytest.mark.parametrize("when", ['"2027-01-01"', "2027-01-01T00:00:00Z", '"2027-01-01T08:00:00+08:00"'])
def test_lockup_as_text_or_time(tmp_path: Path, when: str) -> None:
    path = _write(tmp_path, GOOD.replace("2027-01-01", when))
    assert read_terms(path).lockup_until == instant("2027-01-01")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("decimals = 6", "decimal = 6", "decimal: unknown; did you mean decimals?"),
        ("countries =", "country =", "rules.country: unknown; did you mean countries?"),
        ("decimals = 6", "decimals = 6\nmode = 'open'", "mode: unknown; it belongs under [rules]"),
        ("hash =", "sha =", "documents[1].sha: unknown"), ('name = "Green"', "", "name: missing"),
        ('cap = "50000000"', "cap = 50000000", "cap: amounts stand in quotation marks"),
        ('"10.5"', "10.5", "rules.max_units_per_investor: amounts stand in quotation marks"),
        ('cap = "50000000"', 'cap = "50,000,000"', "cap: '50,000,000' is not an amount"),
        ('"10.5"', '"0.0000001"', "rules.max_units_per_investor: 0.0000001 has 7 decimals"),
        ("decimals = 6", 'decimals = "6"', "decimals: give a whole number, not \"6\""),
        ("decimals = 6", "decimals = true", "decimals: give a whole number"),
        ('"SGP"', '"UK"', "rules.countries[2]: Unknown country code 'UK'."),
        ('"venue"', '"vanue"', "Did you mean venue?"),
        ('"SGP"', '"HKG"', "listed twice"), ("= 2027-01-01", "= 2027-01-01T00:00:00", "has no offset"),
        ("= 2027-01-01", "= 12", "rules.lockup_until: give a date"),
        ("[rules]", "[rules]\nminimum_holding = 5", "rules.minimum_holding: amounts stand in quotation marks"),
        ("[rules]", "[rules]\nvelocity = { units = 5, period = '1d' }", "rules.velocity.units: amounts stand in"),
        ("[rules]", "[rules]\nvelocity = { unit = '5', period = '1d' }", "velocity.unit: unknown; did you mean units"),
        ("[rules]", "[rules]\nmax_holders_in = { HK = '5' }", "rules.max_holders_in.HK: give a whole number"),
        ("[issuer]", "[isuer]", "isuer: unknown; did you mean issuer?"),
        ('symbol = "HKGREEN"', 'symbol = "OTHER"', "the file is named HKGREEN.toml"),
        ('"bond"', '"bnd"', "kind"),
        ("HK0EXAMPLE17", "HK0EXAMPLE18", "isin"), ("decimals = 6", "decimals = 99", "decimals"),
        ("[issuer]", "issuer = 5\n[x]", "issuer: give a table, not \"5\""),
    ],
)  # fmt: skip
def test_a_problem_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    assert any(says in line for line in _problems(_write(tmp_path, text)))


def test_all_problems_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace('"SGP"', '"UK"')
        .replace('"bond"', '"bnd"')
        .replace("HK0EXAMPLE17", "HK")
        .replace('"10.5"', '"1e3"')
    )
    assert len(_problems(_write(tmp_path, text))) == 4
    text = GOOD.replace("decimals", "decimal").replace("countries", "countrys").replace("cap =", "cup =")
    assert len(_problems(_write(tmp_path, text))) == 4  # three unknown, and decimals is missing


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe", b"a = ", b"a = 1\na = 2", b"x = " + b"[" * 5000, b"x = " + b"9" * 5000, b"#" * 300_000],
)
def test_files_that_are_no_toml(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"HKGREEN\.toml"):
        read_terms(_write(tmp_path, data))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot read"):
        read_terms(tmp_path / "no.toml")
    with pytest.raises(InputError, match="Cannot read"):
        read_terms(tmp_path)


_values = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(allow_nan=False))


@given(
    key=st.sampled_from(list(tomllib.loads(GOOD))),
    junk=st.recursive(_values, lambda v: st.lists(v, max_size=3)),
)
def test_junk_in_a_field_is_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, key: str, junk: object
) -> None:
    tomlkit = pytest.importorskip("tomlkit")
    data = {**tomllib.loads(GOOD), key: junk}
    path = _write(tmp_path_factory.mktemp("terms"), tomlkit.dumps(data))
    try:
        terms = read_terms(path)
    except InputError as error:
        assert error.details and all(line.isprintable() for line in error.details)
    else:
        assert key in ("name", "decimals", "cap", "documents") and terms.symbol == "HKGREEN"
