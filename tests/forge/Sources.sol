// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEas} from "../../contracts/sources/EasAttestations.sol";

/// @notice Stands in for HashKey Chain's KYC SBT, with the traps of the real one: silent expiry, revocation by the holder
///         himself, a balance that survives both, a name that stays valid, an owner's revocation without a burn.
contract KycSbt {
    uint8 public constant NONE = 0;
    uint8 public constant APPROVED = 1;
    uint8 public constant REVOKED = 2; // other builds number the status otherwise

    struct Info {
        string ensName;
        uint8 level;
        uint8 status;
        uint256 createTime;
    }

    enum Temper {
        Kind,
        Reverting,
        Short, // one word
        Greedy, // burns all gas
        Bombing, // answers with as much as the gas pays for
        Odd // true is 2, the level has high bits
    }

    address public owner = msg.sender;
    uint256 public validityPeriod = 365 days;
    Temper public temper;
    mapping(address user => Info info) public kycInfos;
    mapping(address user => uint256 amount) public balanceOf;
    mapping(bytes32 node => uint256 until) public expirationTime;

    function set(Temper temper_) external {
        temper = temper_;
    }

    function approveKyc(address user, string calldata name, uint8 level) external {
        require(msg.sender == owner && level > 0 && level < 5);
        kycInfos[user] = Info(name, level, APPROVED, block.timestamp);
        expirationTime[keccak256(bytes(name))] = block.timestamp + validityPeriod;
        balanceOf[user] = 1;
    }

    function revokeKyc(address user) external {
        require(msg.sender == owner || msg.sender == user);
        kycInfos[user].status = REVOKED;
        expirationTime[keccak256(bytes(kycInfos[user].ensName))] = 0; // the token is not burned
    }

    function isHuman(address user) external view returns (bool, uint8) {
        if (temper == Temper.Reverting) revert("paused");
        if (temper != Temper.Kind) _misbehave();
        Info storage info = kycInfos[user];
        bool valid = info.status == APPROVED && block.timestamp <= expirationTime[keccak256(bytes(info.ensName))];
        return valid ? (true, info.level) : (false, NONE);
    }

    function _misbehave() private view {
        uint256 words = 1;
        if (temper == Temper.Greedy) {
            while (true) ++words;
        }
        if (temper == Temper.Bombing) {
            while (words * 6 + words * words / 128 < gasleft() - gasleft() / 50 - 3_000) words *= 2;
            words *= 32;
            assembly {
                return(0, words)
            }
        }
        if (temper == Temper.Short) {
            assembly {
                mstore(0, 1)
                return(0, 32)
            }
        }
        assembly {
            mstore(0, 2)
            mstore(32, 0x0101)
            return(0, 64)
        }
    }
}

/// @notice Stands in for the Ethereum Attestation Service.
contract Eas {
    mapping(bytes32 uid => IEas.Attestation attestation) private _attestations;
    bool public mute;

    function setMute(bool mute_) external {
        mute = mute_;
    }

    function attest(bytes32 schema, address recipient, uint64 expirationTime, bytes calldata data)
        external
        returns (bytes32 uid)
    {
        uid = keccak256(abi.encode(schema, recipient, msg.sender, block.timestamp, expirationTime, data));
        _attestations[uid] = IEas.Attestation(
            uid, schema, uint64(block.timestamp), expirationTime, 0, 0, recipient, msg.sender, true, data
        );
    }

    function revoke(bytes32 uid) external {
        IEas.Attestation storage a = _attestations[uid];
        require(a.attester == msg.sender && a.revocationTime == 0);
        a.revocationTime = uint64(block.timestamp);
    }

    /// An unknown uid gives an empty attestation, as the real one does.
    function getAttestation(bytes32 uid) external view returns (IEas.Attestation memory) {
        require(!mute);
        return _attestations[uid];
    }
}
