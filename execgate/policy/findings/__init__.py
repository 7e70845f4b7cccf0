"""What is doubtful in policies that load: what can never decide, what contradicts, what nothing uses."""

from execgate.policy.findings.check import Checked, check, find

__all__ = ["Checked", "check", "find"]
