"""Keys: where they may be used, how they are kept, and that nobody sees them."""

from __future__ import annotations

import json
import os
import pickle
import stat
from dataclasses import replace

import pytest
from eth_account import Account

from hashkit.chain import keystores, signing
from hashkit.chain.devaccounts import DEV_ACCOUNTS, DEV_MNEMONIC
from hashkit.chain.keys import (
    AccountInfo,
    LocalSigner,
    accounts,
    accounts_folder,
    import_account,
    new_account,
    open_signer,
)
from hashkit.chain.networks import network
from hashkit.errors import AccountError, HashkitError, InputError

KEY = "0x" + "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
ADDRESS = Account.from_key(KEY).address
PASSPHRASE = "correct horse battery"
DEVNET, TESTNET, MAINNET = network(31337), network(133), network(177)
FIELDS = {
    "type": 2,
    "chainId": 31337,
    "nonce": 0,
    "gas": 21000,
    "maxFeePerGas": 2,
    "maxPriorityFeePerGas": 1,
    "to": DEV_ACCOUNTS[1].address,
    "value": 5,
    "data": "0x",
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user's folders, empty; cheap scrypt, so that a test does not take a second for each keystore."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HASHKIT_HOME", str(tmp_path / "hk"))
    monkeypatch.delenv("HASHKIT_PRIVATE_KEY", raising=False)
    encrypt = Account.encrypt
    monkeypatch.setattr(
        Account, "encrypt", lambda key, phrase, kdf, iterations=1024: encrypt(key, phrase, kdf, iterations)
    )
    return tmp_path


def never() -> str:
    raise AssertionError("nobody may be asked for a passphrase")


def refused(attempt, code: str) -> AccountError:
    with pytest.raises(AccountError) as caught:
        attempt()
    assert caught.value.code == code and caught.value.exit_code == 4 and caught.value.sentence.isprintable()
    assert KEY[2:] not in "".join((str(caught.value), repr(caught.value), str(caught.value.to_dict())))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def foreign(home, program: str, name: str, key: str = KEY, passphrase: str = PASSPHRASE, **more):
    folder = (
        home / {"foundry": ".foundry/keystores", "ape": ".ape/accounts", "moccasin": ".moccasin/keystores"}[program]
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps({**Account.encrypt(key, passphrase, "scrypt"), **more}))
    return path


def test_the_ten_public_accounts_are_those_of_the_mnemonic():
    Account.enable_unaudited_hdwallet_features()
    for index, dev in enumerate(DEV_ACCOUNTS):
        derived = Account.from_mnemonic(DEV_MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
        assert (derived.address, "0x" + bytes(derived.key).hex()) == (dev.address, dev.key)
        assert dev.name == ("issuer" if index == 0 else f"dev{index}")
        assert dev.key not in repr(dev)


def test_public_accounts_sign_on_the_embedded_chain_without_a_question():
    for dev in DEV_ACCOUNTS:
        assert open_signer(dev.name, DEVNET, never).address == dev.address


@pytest.mark.parametrize("elsewhere", [TESTNET, MAINNET, replace(DEVNET, chain_id=1337), replace(DEVNET, dev=False)])
def test_public_accounts_sign_nowhere_else_by_whatever_door(home, monkeypatch, elsewhere):
    refused(lambda: open_signer("issuer", elsewhere, never), "PUBLIC_KEY")
    foreign(home, "foundry", "sneaky", DEV_ACCOUNTS[3].key)
    refused(lambda: open_signer("sneaky", elsewhere, lambda: PASSPHRASE), "PUBLIC_KEY")
    monkeypatch.setenv("HASHKIT_PRIVATE_KEY", DEV_ACCOUNTS[3].key)
    refused(lambda: open_signer("env", elsewhere, never, allow_env_key=True), "PUBLIC_KEY")


def test_a_new_account_is_kept_privately_and_opens(home):
    made = new_account("ops", PASSPHRASE)
    path = accounts_folder() / "ops.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_text())["crypto"]["kdf"] == "scrypt" and os.listdir(path.parent) == ["ops.json"]
    assert open_signer("ops", MAINNET, lambda: PASSPHRASE).address == made.address
    assert accounts() == (made,) == (AccountInfo("ops", made.address, "hashkit", str(path.parent)),)
    assert new_account("other", PASSPHRASE).address != made.address


def test_the_folder_of_the_user_is_used_without_hashkit_home(monkeypatch, home):
    monkeypatch.delenv("HASHKIT_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    assert accounts_folder() == home / "data" / "hashkit" / "accounts"


def test_a_wrong_passphrase_says_what_to_do(home):
    import_account("ops", KEY, PASSPHRASE)
    error = refused(lambda: open_signer("ops", MAINNET, lambda: "wrong"), "PASSPHRASE")
    assert error.next_step and "wrong" not in str(error)


def test_a_keystore_is_never_overwritten(home):
    import_account("ops", KEY, PASSPHRASE)
    before = (accounts_folder() / "ops.json").read_bytes()
    refused(lambda: new_account("ops", PASSPHRASE), "EXISTS")
    refused(lambda: import_account("ops", DEV_ACCOUNTS[1].key, PASSPHRASE), "EXISTS")
    assert (accounts_folder() / "ops.json").read_bytes() == before
    # Two at once: the second comes after the first has looked.
    refused(lambda: keystores._write_new(accounts_folder() / "ops.json", b"x", "ops"), "EXISTS")
    assert (accounts_folder() / "ops.json").read_bytes() == before and os.listdir(accounts_folder()) == ["ops.json"]


def test_a_folder_that_cannot_be_written_keeps_nothing(home):
    (home / "hk").write_text("a file where the folder should be")
    assert refused(lambda: new_account("ops", PASSPHRASE), "KEYSTORE").next_step


@pytest.mark.parametrize("name", ["", "Ops", "-x", "a/b", "../x", "a.b", "ö", "x" * 65, "env", "issuer", "dev9", "a\n"])
def test_names_that_accounts_cannot_have(name):
    for attempt in (lambda: new_account(name, PASSPHRASE), lambda: import_account(name, KEY, PASSPHRASE)):
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.code == "ACCOUNT_NAME"


def test_a_short_passphrase_is_refused(home):
    refused(lambda: new_account("ops", "1234567"), "PASSPHRASE")
    assert not accounts()


@pytest.mark.parametrize("form", [KEY, KEY[2:], KEY.upper().replace("0X", "0x"), f"  {KEY}\n"])
def test_a_key_is_imported_in_any_spelling(form):
    assert import_account("ops", form, PASSPHRASE).address == ADDRESS


ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"


@pytest.mark.parametrize(
    "bad", ["", "0x", KEY[:-1], KEY + "0", KEY[:-1] + "g", "00" * 32, ORDER, "legal winner thank you"]
)
def test_what_is_no_key_is_refused_without_repeating_it(bad, monkeypatch):
    error = refused(lambda: import_account("ops", bad, PASSPHRASE), "KEY")
    assert len(bad) < 4 or bad not in str(error)
    if bad:
        monkeypatch.setenv("HASHKIT_PRIVATE_KEY", bad)
        refused(lambda: open_signer("env", DEVNET, never), "KEY")


@pytest.mark.parametrize(("program", "file"), [("foundry", "cold"), ("ape", "cold.json"), ("moccasin", "cold")])
def test_keystores_of_others_are_found_and_read(home, program, file):
    path = foreign(home, program, file)
    before = path.read_bytes()
    (path.parent / "README").write_text("not a keystore")
    os.chmod(path, 0o400)
    os.chmod(path.parent, 0o500)
    assert accounts() == (AccountInfo("cold", ADDRESS, program, str(path.parent)),)
    assert open_signer("cold", MAINNET, lambda: PASSPHRASE).address == ADDRESS
    assert import_account("mine", path, PASSPHRASE).address == ADDRESS
    assert path.read_bytes() == before and sorted(os.listdir(path.parent)) == sorted([file, "README"])


def test_a_keystore_without_an_address_is_listed_and_opens(home):
    foreign(home, "foundry", "cold", address=None)
    assert accounts()[0].address is None
    assert open_signer("cold", MAINNET, lambda: PASSPHRASE).address == ADDRESS


PAIRS = [("foundry", "ape"), ("ape", "moccasin"), ("foundry", "moccasin"), ("hashkit", "foundry")]


@pytest.mark.parametrize("programs", PAIRS)
@pytest.mark.parametrize("same_key", [True, False])
def test_a_name_that_exists_twice_is_refused_with_both_places(home, programs, same_key):
    paths = []
    for number, program in enumerate(programs):
        key = KEY if same_key else "0x" + f"{number + 1:02d}" * 32
        if program == "hashkit":
            import_account("ops", key, PASSPHRASE)
            paths.append(accounts_folder() / "ops.json")
        else:
            paths.append(foreign(home, program, "ops", key))
    listed = [(a.name, a.origin, a.source) for a in accounts()]
    assert listed == [("ops", program, str(path.parent)) for program, path in zip(programs, paths, strict=True)]
    if same_key:  # twice the same account: either will do
        assert open_signer("ops", MAINNET, lambda: PASSPHRASE).address == ADDRESS
        paths[1].write_text(json.dumps({**json.loads(paths[1].read_text()), "address": None}))
    error = refused(lambda: open_signer("ops", MAINNET, never), "AMBIGUOUS")
    assert all(f"{program}: \"{path}\"" in error.why for program, path in zip(programs, paths, strict=True))


def test_an_account_is_not_made_under_a_name_that_another_program_has(home):
    path = foreign(home, "foundry", "ops")
    for attempt in (lambda: new_account("ops", PASSPHRASE), lambda: import_account("ops", path, PASSPHRASE)):
        assert str(path) in refused(attempt, "EXISTS").sentence
    assert not (accounts_folder() / "ops.json").exists()


def test_a_keystore_that_names_another_address_is_refused(home):
    foreign(home, "foundry", "cold", address=DEV_ACCOUNTS[1].address)
    error = refused(lambda: open_signer("cold", DEVNET, lambda: PASSPHRASE), "KEYSTORE")
    assert DEV_ACCOUNTS[1].address in error.sentence and ADDRESS in error.sentence


@pytest.mark.parametrize("params", [{"n": 2**24, "r": 8, "p": 1}, {"n": 2**18, "r": 8, "p": 99}, {"c": 10**9}])
def test_a_keystore_that_would_eat_the_machine_is_not_opened(home, params):
    path = foreign(home, "foundry", "bomb")
    data = json.loads(path.read_text())
    data["crypto"]["kdfparams"].update(params)
    path.write_text(json.dumps(data))
    refused(lambda: open_signer("bomb", MAINNET, lambda: PASSPHRASE), "KEYSTORE")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        "[" * 70_000,
        '{"crypto":' * 6_000,
        '{"crypto": 5, "version": 3}',
        '{"crypto": {}}',
        '{"version": 9, "crypto": {"kdf": "x"}}',
    ],
)
def test_a_broken_keystore_is_one_sentence(home, text):
    accounts_folder().mkdir(parents=True)
    (accounts_folder() / "ops.json").write_text(text)
    with pytest.raises(AccountError) as caught:
        open_signer("ops", MAINNET, lambda: PASSPHRASE)
    assert caught.value.next_step and caught.value.exit_code == 4
    assert [a.name for a in accounts()] == ["ops"]


def test_the_environment_key_is_for_chains_where_nothing_is_at_stake(monkeypatch):
    refused(lambda: open_signer("env", TESTNET, never), "ENV_KEY")
    monkeypatch.setenv("HASHKIT_PRIVATE_KEY", KEY)
    for chain in (DEVNET, TESTNET):
        assert open_signer("env", chain, never).address == ADDRESS
    for chain in (MAINNET, replace(MAINNET, chain_id=1, name="other")):
        assert "--allow-env-key" in refused(lambda c=chain: open_signer("env", c, never), "ENV_KEY").next_step
        assert open_signer("env", chain, never, allow_env_key=True).address == ADDRESS
    assert accounts()[-1] == AccountInfo("env", None, "environment", "HASHKIT_PRIVATE_KEY")


def test_an_unknown_account_says_the_nearest(home):
    import_account("treasury", KEY, PASSPHRASE)
    error = refused(lambda: open_signer("tresury", MAINNET, never), "NO_ACCOUNT")
    assert error.next_step == "Did you mean treasury?" and "treasury" in error.why
    assert "account new" in refused(lambda: open_signer("zzz", MAINNET, never), "NO_ACCOUNT").next_step
    assert "\x1b" not in str(refused(lambda: open_signer("\x1b[31m", MAINNET, never), "NO_ACCOUNT"))


def test_nothing_shows_a_key(monkeypatch, caplog):
    caplog.set_level(0)
    monkeypatch.setenv("HASHKIT_PRIVATE_KEY", KEY)
    signer = open_signer("env", DEVNET, never)
    signing.sign(signer, FIELDS)
    shown = repr(signer) + str(signer) + repr(accounts()) + caplog.text
    assert KEY[2:] not in shown and ADDRESS in shown and not hasattr(signer, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(signer)


def signer_of(key: str = KEY, chain_id: int = 31337) -> LocalSigner:
    return LocalSigner(Account.from_key(key), chain_id)


def test_what_is_signed_is_what_was_asked():
    raw, tx_hash = signing.sign(signer_of(), FIELDS)
    assert Account.recover_transaction(raw) == ADDRESS and len(tx_hash) == 66
    assert signing.read_signed(raw)["value"] == 5


@pytest.mark.parametrize(
    "change", [{"value": 6}, {"nonce": 1}, {"to": DEV_ACCOUNTS[2].address}, {"data": "0x01"}, {"gas": 1}]
)
def test_a_signer_that_signs_something_else_is_found_out(change):
    class Crooked(LocalSigner):
        def sign_transaction(self, fields):
            return super().sign_transaction({**fields, **change})

    refused(lambda: signing.sign(Crooked(Account.from_key(KEY), 31337), FIELDS), "BAD_SIGNATURE")


def test_a_signer_with_another_key_is_found_out():
    class Crooked(LocalSigner):
        @property
        def address(self):
            return DEV_ACCOUNTS[5].address

    refused(lambda: signing.sign(Crooked(Account.from_key(KEY), 31337), FIELDS), "BAD_SIGNATURE")


@pytest.mark.parametrize("chain", [177, None, "31337", 0])
def test_a_signer_signs_for_its_chain_only(chain):
    refused(lambda: signer_of().sign_transaction({**FIELDS, "chainId": chain}), "WRONG_CHAIN")
    refused(lambda: signer_of().sign_typed_data(message(chain)), "WRONG_CHAIN")


def message(chain_id: object) -> dict:
    domain = {"name": "hashkit", "chainId": chain_id}
    return {
        "domain": {k: v for k, v in domain.items() if v is not None},
        "primaryType": "Note",
        "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"}],
            "Note": [{"name": "number", "type": "uint256"}],
        },
        "message": {"number": 7},
    }


def test_a_typed_message_recovers_to_its_signer():
    from eth_account.messages import encode_typed_data

    signature = signer_of().sign_typed_data(message(31337))
    signable = encode_typed_data(full_message=message(31337))
    assert len(signature) == 65 and Account.recover_message(signable, signature=signature) == ADDRESS


@pytest.mark.parametrize("change", [{"gas": "lots"}, {"to": "0x12"}, {"value": -1}, {"maxFeePerGas": None}])
def test_fields_that_make_no_transaction_are_one_sentence(change):
    refused(lambda: signer_of().sign_transaction({**FIELDS, **change}), "SIGN")


def test_a_message_that_cannot_be_encoded_is_one_sentence():
    with pytest.raises(HashkitError) as caught:
        signer_of().sign_typed_data({**message(31337), "message": {"number": "seven"}})
    assert caught.value.code == "SIGN"
