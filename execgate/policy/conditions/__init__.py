"""Rules: what their conditions mean, what holds in a context, and what follows for an operation.

`facts`       what is known when a condition is asked, and how each attribute is read of it
`attributes`  what a condition can read, as one table
`literals`    the numbers that it is compared with
`values`      three-valued answers, and the reading of texts that are partly known
`comparing`   the comparisons, each as a test of values
`naming`      the attributes that a condition names
`constants`   what attributes are compared with, checked
`checking`    from a condition's tree to a checked test, or to every mistake in it
`printing`    the canonical text of conditions
`windows`     times of the day and of the year, in the `zones` of one package
`phases`      the phases of a conversation, and how one leads to the next
`scopes`      what a rule judges
`rules`       from rules to the `RuleBook` of one agent
`referee`     what the rules and the phase say of an operation, restrictions settled
"""
