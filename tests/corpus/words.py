"""Bad command lines, in a project whose asset HKGREEN is deployed with the sample investors."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.values import WALLETS, Entry

AMOUNTS = [
    ("1,000", "separators"), ("1 000", "separators"), ("1e3", "exponent"), ("1E3", "exponent"), ("+1", "sign"), ("=5", "formula"),
    ("０５", "ASCII"), ("٥", "ASCII"), ("0x10", "not an amount"), ("nan", "not an amount"), ("inf", "not an amount"), (".5", "not an amount"),
    ("5.", "not an amount"), ("01", "not an amount"), ("", "not an amount"), ("five", "not an amount"), ("1.0000001", "decimals"),
    ("{LONG}", "more than any token"), ("1\u200b0", "not an amount"), ("1\x1b[31m", "not an amount"), ("1;2", "not an amount"),
]  # fmt: skip
PARTIES = [
    (WALLETS[0][:-1], "39 hex digits"), (WALLETS[0] + "0", "41 hex digits"), ("0x" + WALLETS[0][2:].swapcase(), "wrong checksum"),
    ("0X" + WALLETS[0][2:], "capital X"), ("0x" + "0" * 40, "zero address"), ("0x" + "0" * 39 + "9", "precompile"),
    ("0x4200000000000000000000000000000000000016", "system contract"), (WALLETS[0][:20] + "а" + WALLETS[0][21:], "CYRILLIC"),
    ("0x", "0 hex digits"), ("0x{LONG}", "hex digits"), ("NOBODY", "Nobody is known"), ("inv-001", "Nobody is known"),
    ("../../etc", "Nobody is known"), ("\x1b[2J", "Nobody is known"), ("", "Nobody is known"), ("issuer.eth", "Nobody is known"),
    ("INV-001 ", "Nobody is known"), ("ＩNV-001", "Nobody is known"), ("'; DROP TABLE wallets;--", "Nobody is known"),
]  # fmt: skip
DAYS = [
    ("20301231", "not a date"), ("2030-W26-3", "not a date"), ("31.12.2030", "not a date"), ("2030-02-30", "no such day"),
    ("0001-01-01", "2000 and 2100"), ("9999-12-31", "2000 and 2100"), ("２０３０-12-31", "not a date"), ("never", "not a date"),
    ("", "not a date"), ("2030-12-31T00:00", "not a date"), ("{LONG}", "not a date"),
]  # fmt: skip
MOMENTS = [
    "2030-13-01",
    "31.12.2030",
    "yesterday",
    "-1",
    "1.5",
    "0x10",
    "2031-01-01T00:00",
    "{LONG}",
    "２",
    "99999-01-01",
    "",
    "2024-02-30",
    "lat",
]
LABELS = ["=cmd", "<script>", "a b", "-x", "INV\u202e001", "{LONG}", "", "\x1b[31m", "a\nb", "Ω", "@x", "_x"]


def words() -> Iterator[Entry]:
    """All of them."""
    for argv, says in _all():
        yield {"kind": "CLI argv", "argv": argv, "says": says, **({"exit": 4} if "--keystore" in argv else {})}


def _all() -> Iterator[tuple[list[str], str]]:
    paper = ["--external-id", "R-1", "--yes"]
    for amount, says in AMOUNTS:
        yield ["redeem", "--from", "INV-001", *paper, "--", amount], says
        yield ["transfer", "--from", "INV-001", "--to", "INV-002", "--", amount], says
        yield ["control", "force", "--from", "INV-001", "--to", "INV-002", "--reason", "x", "--", amount], says
        yield ["control", "burn", "--from", "INV-001", "--reason", "x", "--", amount], says
        yield ["control", "freeze", "INV-001", "--reason", "x", f"--amount={amount}"], says
        yield ["explain", "move", "--from", "INV-001", "--to", "INV-002", "--", amount], says
        yield ["issue", "batches/issuance.csv", f"--expect-total={amount}"], says
        yield ["issue", "batches/issuance.csv", f"--accept-large={amount}"], says
    for who, says in PARTIES:
        yield ["transfer", "1", "--from", "INV-001", f"--to={who}"], says
        yield ["redeem", "1", f"--from={who}", *paper], says
        yield ["control", "freeze", "--reason", "x", "--", who], says
        yield ["powers", "grant", "--", who, "pause"], says
        yield ["investor", "show", "--", who], says
        yield ["investor", "add", "INV-9", f"--wallet={who}", "--country", "HK", "--kyc-expires", "2030-12-31"], says
    for day, says in DAYS:
        yield ["investor", "add", "INV-9", "--wallet", "dev9", "--country", "HK", f"--kyc-expires={day}"], says
        yield ["investor", "renew", "INV-001", f"--kyc-expires={day}"], says
    for moment in MOMENTS:
        yield ["cap-table", f"--at={moment}"], ""
        yield ["history", f"--since={moment}"], ""
        yield ["audit", f"--at={moment}"], ""
    for label in LABELS:
        yield ["investor", "add", "--wallet", "dev9", "--country", "HK", "--kyc-expires", "2030-12-31", "--", label], ""
        yield ["account", "new", "--", label], ""
    for code in ("UK", "XX", "36", "ＨＫ", "", "Hong Kong", "{LONG}"):
        yield (
            ["investor", "add", "INV-9", "--wallet", "dev9", f"--country={code}", "--kyc-expires", "2030-12-31"],
            "Unknown country",
        )
    for proof in ("0x12", "zz", "0x" + "zz" * 32, "ab" * 32, "0x" + "ab" * 33, "{LONG}"):
        yield (
            [
                "investor",
                "add",
                "INV-9",
                "--wallet",
                "dev9",
                "--country",
                "HK",
                "--kyc-expires",
                "2030-12-31",
                f"--proof={proof}",
            ],
            "",
        )
        yield ["investor", "renew", "INV-001", "--kyc-expires", "2031-12-31", f"--proof={proof}"], ""
    for order in ("0x12", "x", "ab" * 32, "0x" + "zz" * 32, "0x" + "ab" * 33, "", "０x" + "ab" * 32):
        yield ["order", "close", "--", order], "order id"
    for path in (
        "missing.csv",
        "batches",
        "/dev/null",
        "assets/HKGREEN.toml",
        "hashkit.toml",
        "\x1b[2J.csv",
        "a\nb.csv",
        "n" * 300 + ".csv",
        "",
    ):
        yield ["issue", path], ""
        yield ["order", "show", path], ""
        yield ["investor", "import", path], ""
        yield ["apply", path], ""
        yield ["issue", "batches/issuance.csv", f"--approval={path}"], ""
    for symbol in ("../x", "NOPE", "a b", "-x", "\x1b[2J", "x" * 40, "ＨＫ", "missing.toml", "batches/issuance.csv"):
        yield ["deploy", "--", symbol], ""
        yield ["cap-table", f"--asset={symbol}"], ""
        if symbol not in ("NOPE", "missing.toml"):  # a name may be set before the asset is deployed
            yield ["asset", "use", "--", symbol], ""
    for network in ("nosuch", "hashkeyy", "0", "-1", "177.0", "\x1b[31m", "{LONG}", "../x"):
        yield ["asset", "list", f"--network={network}"], "There is no network"
    for batch in ("b-1", "../x", "x", "\x1b[2J", "{LONG}", "b-99999999-01"):
        yield ["batch", "show", "--", batch], ""
        yield ["batch", "resume", "--", batch], ""
    for age in ("30", "d", "-1d", "{LONG}d", "1.5d", "٣d", "99999999d", ""):
        yield ["source", "kyc", f"--age={age}"], ""
        yield ["rules", "set", "velocity", "5", f"--per={age}"], ""
    for power in ("paus", "owner", "pause;freeze", "", "ＰAUSE", "all", "{LONG}", "pause,,freeze"):
        yield ["powers", "grant", "dev5", "--", power], "not a power"
    for rule, limit in (("cap", "5"), ("max-holder", "5"), ("max-holders", "-1"), ("max-holders", "1.5"), ("max-holders", "x"), ("max-holders", "{LONG}"),
                        ("max-units-per-investor", "1e3"), ("denomination", "1,000"), ("minimum-holding", "-5"), ("", "5"), ("\x1b[2J", "5"),
                        ("holding-period", "90"), ("sanctions-oracle", "0x12"), ("max-holders-in", "UK=5"), ("max-holders", "4294967296")):  # fmt: skip
        yield ["rules", "set", "--", rule, limit], ""
    yield from _usage()


def _usage() -> Iterator[tuple[list[str], str]]:
    for line in (
        "isue", "deplo", "investor ad", "order aprove", "control pauze", "--colour", "--nope", "issue --nope", "issue a.csv b.csv", "redeem",
        "redeem 5", "redeem 5 --from INV-001", "transfer 5 --from INV-001", "transfer --to INV-001", "control pause", "control halt",
        "control force 5 --from INV-001 --to INV-002", "control freeze INV-001", "control burn 5 --from INV-001", "issue", "order open", "apply",
        "issue batches/issuance.csv --opening-position batches/issuance.csv", "cap-table --color blue", "history --limit 0", "history --limit -1",
        "history --limit x", "history --limit 1.5", "history --limit 1e3", "history --kind nosuch", "devnet up --port 70000", "devnet up --port -1",
        "devnet up --port x", "devnet up --engine geth", "devnet reset", "investor add INV-9", "investor add INV-9 --wallet dev9",
        "investor add INV-9 --wallet dev9 --country HK --kyc-expires 2030-12-31 --class pro", "investor revoke INV-001", "investor deny INV-001",
        "investor renew INV-001", "powers grant dev5", "powers grant", "powers show --nope", "slot propose", "slot propose minting x", "slot apply nosuch",
        "slot propose compliance 0x12", "slot propose mint-window x", "slot propose mint-window 5 --period x", "document set", "document remove",
        "document set a --uri https://a.b --file missing.pdf", "source kyc", "source eas", "source kyc --level gold --age 30d", "source trust 0x12 30d",
        "source eas --schema 0x12 --attester 0x12 --age 30d", "source follow INV-001 0x12", "source present 0x12 0x12", "completion tcsh", "explain",
        "explain steal 5", "explain move five --from INV-001 --to INV-002", "account import ops --keystore missing.json", "account list extra",
        "network ping -n nosuch", "batch show", "order close", "order show", "asset use", "verify --nope", "compile --nope", "audit --nope", "doctor --nope",
        "init --nope", "demo --engine geth", "redeem 5 --from INV-001 --external-id =1+1 --yes", "redeem 0 --from INV-001 --external-id R-1 --yes",
        "cap-table --json --color", "cap-table -n", "rules set", "rules set max-holders", "rules nosuch", "batch nosuch", "account nosuch",
        "transfer 5 --from INV-001 --to INV-002 --raw=yes", "redeem 1.5 --raw --from INV-001 --external-id R-1", "transfer ５ --raw --from INV-001 --to INV-002",
    ):  # fmt: skip
        yield line.split(), ""
