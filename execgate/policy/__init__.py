"""The policy language: parse, validate, evaluate.

`PolicySet.load` gives the agents of a file or folder, `AgentPolicy.judge` the verdict on a program.
"""

from execgate.policy.agent import AgentPolicy
from execgate.policy.policyset import PolicySet

__all__ = ["AgentPolicy", "PolicySet"]
