"""Floor 3: audits, reading only. Never imports ``chain``: the auditor's half cannot sign, by construction."""

from hashkit.audit.bundle import save
from hashkit.audit.checks import Finding
from hashkit.audit.report import render, write
from hashkit.audit.result import AuditResult
from hashkit.audit.run import audit
from hashkit.audit.verify import Verified, verify

__all__ = ["AuditResult", "Finding", "Verified", "audit", "render", "save", "verify", "write"]
