"""A signer behind `[accounts.NAME] command = [...]`: one JSON request on stdin, one JSON answer on stdout.

It signs with a v3 keystore. Where an HSM, a KMS or a hardware wallet signs instead, only `sign` changes.

    SIGNER_KEYSTORE       the keystore; without it a throw-away key signs, on the embedded chain alone
    SIGNER_PASSWORD_FILE  a file with its passphrase
    SIGNER_CHAINS         chain ids that it signs for, with commas; default: 133

The protocol is docs/signers.md. stdout belongs to the answer: whatever people should read goes to stderr.
"""

import json
import os
import sys
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

THROW_AWAY = "0x" + "5a" * 32  # worth nothing: it stands in a public file


def key(chain_id: int) -> LocalAccount:
    """The key. An HSM, a KMS or a hardware wallet has none to show: open a session with it here."""
    if "SIGNER_KEYSTORE" not in os.environ:
        if chain_id != 31337:
            raise ValueError("the throw-away key signs on the embedded chain alone")
        return Account.from_key(THROW_AWAY)
    passphrase = Path(os.environ["SIGNER_PASSWORD_FILE"]).read_text("utf-8").rstrip("\r\n")
    return Account.from_key(Account.decrypt(Path(os.environ["SIGNER_KEYSTORE"]).read_text("utf-8"), passphrase))


def check(request: dict) -> None:
    """What this signer is willing to sign. Yours knows its contracts by address and its limits."""
    if request["schema"] != "hashkit.sign/1":
        raise ValueError("this is no request of hashkit")
    chains = [int(chain) for chain in os.environ.get("SIGNER_CHAINS", "133").split(",")]
    if request["chainId"] not in [*chains, 31337]:
        raise ValueError(f"chain {request['chainId']} is not one of mine")
    # The summary is there to be read. A signer that decides by itself decodes transaction.data again.
    print(f"signing {request['kind']}: {json.dumps(request.get('summary'))[:400]}", file=sys.stderr)


def sign(request: dict) -> dict:
    """The signature.

    AWS KMS and HSMs sign a 32-byte hash and return (r, s) in DER: hash the unsigned transaction (keccak-256 of
    0x02 and its RLP), take the lower of s and n - s, try both recovery bits until the address is yours, and put
    the three numbers behind the nine fields. A hardware wallet takes the fields and returns the three numbers.
    """
    account = key(request["chainId"])
    if account.address != request["address"]:
        raise ValueError(f"this key is {account.address}, not {request['address']}")
    if request["kind"] == "transaction":
        return {"transaction": "0x" + bytes(account.sign_transaction(request["transaction"]).raw_transaction).hex()}
    signed = account.sign_typed_data(full_message=request["typedData"])
    return {"signature": "0x" + bytes(signed.signature).hex()}


def main() -> int:
    """Answer one request."""
    try:
        request = json.loads(sys.stdin.read())
        check(request)
        print(json.dumps({"schema": "hashkit.signed/1", **sign(request)}))
    except (ValueError, KeyError, TypeError, OSError) as error:
        # Say what is wrong, never what was tried: the answer reaches screens and logs.
        print(json.dumps({"error": str(error) if type(error) is ValueError else type(error).__name__}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
