"""Where approved code runs, confined by the policy."""
