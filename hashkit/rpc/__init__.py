"""Floor 2: plain JSON-RPC. Standard library, no web3, no signer: what the auditor's half stands on."""
