// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISource} from "../interfaces/ISource.sol";

/// @notice What is used of the Ethereum Attestation Service.
interface IEas {
    struct Attestation {
        bytes32 uid;
        bytes32 schema;
        uint64 time;
        uint64 expirationTime; // 0: none
        uint64 revocationTime; // 0: not revoked
        bytes32 refUID;
        address recipient;
        address attester;
        bool revocable;
        bytes data;
    }

    /// @notice An unknown uid gives an empty attestation.
    function getAttestation(bytes32 uid) external view returns (Attestation memory);
}

/// @title  EasAttestations
/// @notice Attestations of one attester under one schema (`uint16 country, uint8 class`) as a source. EAS cannot be asked
///         by wallet, so anybody presents an attestation; a later one replaces an earlier one, never the other way round.
contract EasAttestations is ISource {
    uint256 private constant _GAS = 300_000; // an attestation of ten words and a payload of two, with room
    uint256 private constant _PAYLOAD = 64; // bytes
    uint256 private constant _SHORTEST = 32 * 12; // offset, ten fields, length of the payload

    /// @notice EAS; on OP Stack chains a predeploy.
    address public immutable eas;
    /// @notice Schema of the attestations.
    bytes32 public immutable schema;
    /// @notice Whose attestations count.
    address public immutable attester;

    mapping(address wallet => bytes32 uid) private _uids;
    mapping(address wallet => uint64 time) private _times;

    event Presented(address indexed wallet, bytes32 indexed uid);

    error AttestationUnfit(bytes32 uid);

    constructor(address eas_, bytes32 schema_, address attester_) {
        (eas, schema, attester) = (eas_, schema_, attester_);
    }

    /// @notice Makes `uid` the attestation that speaks for its recipient.
    function present(bytes32 uid) external {
        (bool ok, IEas.Attestation memory a) = _fetch(uid);
        if (!ok || !_fits(a, uid, a.recipient) || a.time <= _times[a.recipient]) revert AttestationUnfit(uid);
        (_uids[a.recipient], _times[a.recipient]) = (uid, a.time);
        emit Presented(a.recipient, uid);
    }

    /// @inheritdoc ISource
    function check(address wallet) external view returns (bool, uint40, uint16, uint8) {
        bytes32 uid = _uids[wallet];
        if (uid == 0) return (false, 0, 0, 0);
        (bool ok, IEas.Attestation memory a) = _fetch(uid);
        if (!ok || !_fits(a, uid, wallet)) return (false, 0, 0, 0);
        (uint256 country, uint256 class) = abi.decode(a.data, (uint256, uint256));
        bool endless = a.expirationTime == 0 || a.expirationTime > type(uint40).max;
        // country and class fit, by _fits
        return (true, endless ? type(uint40).max : uint40(a.expirationTime - 1), uint16(country), uint8(class));
    }

    /// @notice The attestation that speaks for `wallet`; 0: none was presented.
    function uidOf(address wallet) external view returns (bytes32) {
        return _uids[wallet];
    }

    function _fits(IEas.Attestation memory a, bytes32 uid, address wallet) private view returns (bool) {
        if (a.uid != uid || uid == 0 || a.schema != schema || a.attester != attester) return false;
        if (a.recipient != wallet || wallet == address(0) || a.revocationTime != 0) return false;
        if (a.expirationTime != 0 && a.expirationTime <= block.timestamp) return false;
        if (a.data.length != _PAYLOAD) return false;
        (uint256 country, uint256 class) = abi.decode(a.data, (uint256, uint256));
        return country != 0 && country <= type(uint16).max && class != 0 && class <= type(uint8).max;
    }

    function _fetch(bytes32 uid) private view returns (bool ok, IEas.Attestation memory a) {
        uint256 needed = _GAS + _GAS / 32 + 10_000;
        if (gasleft() < needed) revert GasTooLow(needed);
        bytes memory answer;
        (ok, answer) = eas.staticcall{gas: _GAS}(abi.encodeCall(IEas.getAttestation, (uid)));
        if (!ok || answer.length < _SHORTEST) return (false, a);
        a = abi.decode(answer, (IEas.Attestation));
    }
}
