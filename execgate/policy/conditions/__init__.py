"""Rules: what their conditions mean, what holds in a context, and what follows for an operation.

`attributes`  what a condition can read, as one table
`typing`      from a condition's tree to a checked test, or to every mistake in it
`values`      three-valued answers, and the reading of texts that are partly known
`windows`     times of the day and of the year
`phases`      the phases of a conversation, and how one leads to the next
`printing`    the canonical text of conditions
`rules`       from rules to the `RuleBook` of one agent, which judges operations
"""
