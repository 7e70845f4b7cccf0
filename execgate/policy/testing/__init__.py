"""Cases for policies: what an agent may do and may not, written beside the policy and judged by it."""
