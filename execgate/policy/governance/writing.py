"""A governance file in the policy language: phases, budget, rules and compensation, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from execgate.model.context import SCOPES
from execgate.model.money import Money, currency_code
from execgate.policy.conditions import phases
from execgate.policy.conditions.phases import USUAL
from execgate.policy.constraints.limits import UNLIMITED
from execgate.policy.constraints.quantities import MONEY, BadLimitError
from execgate.policy.governance import conditions
from execgate.policy.governance.conditions import Wording
from execgate.policy.governance.reading import Field, Fields, Items, Value, Word
from execgate.policy.governance.values import Values, currency_of
from execgate.policy.language import tokens
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion, visible

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

_ROOTS = ("governance", "payment_governance", "payments", "policy")
"""Under which the whole may stand."""

_ACTIONS = {
    **dict.fromkeys(("deny", "denied", "block", "blocked", "reject"), "deny"),
    **dict.fromkeys(
        ("pending_approval", "require_approval", "approval_required", "approval", "escalate"), "escalate"
    ),
    **dict.fromkeys(("warn", "warning", "allow_with_warning", "allowed_with_warning"), "warn"),
    **dict.fromkeys(
        ("restrict", "restricted", "allow_with_restriction", "allowed_with_restriction"), "restrict"
    ),
}

_LIMITS = {
    "single_call_threshold": "approval_above",
    "approval_threshold": "approval_above",
    "single_call_limit": "max_amount",
    "max_amount": "max_amount",
    **{f"{scope}_limit": f"max_amount_per_{scope}" for scope in SCOPES},
    "daily_limit": "max_amount_per_day",
    "organization_limit": "max_amount_per_organisation",
}
"""What a budget limits, and the constraint that does."""

_GATES = {
    "warning": "warn_at",
    "warn": "warn_at",
    "restrict": "restrict_at",
    "restriction": "restrict_at",
    "halt": "halt_at",
}

_COMPENSATIONS = {
    **dict.fromkeys(("refund_request", "refund"), "refund_request"),
    **dict.fromkeys(("credit", "credit_note"), "credit"),
    **dict.fromkeys(("value_loss", "loss"), "value_loss"),
    "none": "none",
}

_TOP = ("phases", "budget", "rules", "compensation", "currency", "version", "name", "description")
_RULE = (
    "id",
    "name",
    "condition",
    "when",
    "action",
    "message",
    "reason",
    "description",
    "enabled",
    "severity",
    "priority",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file does not say: for whom it is written, and what stands beside the payments.

    `max_amount` is the most of one payment where the file has no such limit, None for no limit; `code` is
    whether payments may come from code, `tools` are patterns of the tools that they may come from, which are
    payments then.  ValueError for what is no currency.
    """

    agent: str = "*"
    currency: str | None = None
    max_amount: Money | None = None
    code: bool = True
    tools: tuple[str, ...] = ("*",)

    def __post_init__(self) -> None:
        if self.currency is not None:
            object.__setattr__(self, "currency", currency_code(self.currency).lower())


@dataclass(slots=True)
class Draft:
    """A policy that is being written: its parts, and what has to be said of them."""

    currency: str
    phases: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    constraints: dict[str, str] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)
    """By name: the reason or nothing, the condition, the action."""
    notes: list[str] = field(default_factory=list)


class Writer:
    """Writes one file; every mistake in it goes to `problems`."""

    def __init__(self, file: str, wanted: Wanted, problems: Problems) -> None:
        self._file = file
        self._wanted = wanted
        self._problems = problems
        self._values = Values(problems)

    def written(self, whole: Value | None) -> tuple[str, tuple[str, ...]]:
        """Return the policy, and what whoever imports it should know."""
        if not isinstance(whole, Fields) or not whole.fields:
            self._problems.whole(
                self._file, "nothing to import", "a governance file has `phases`, `budget` and `rules`"
            )
            return "", ()
        fields = self._top(whole)
        currency = self._currency(fields)
        draft = Draft(currency or "usd")
        if currency is None:
            draft.notes.append(
                "the file names no currency: its amounts are taken for US dollars; --currency names another"
            )
        if not (self._wanted.code or self._wanted.tools):
            draft.notes.append(
                'a payment in code needs `can "code_execution"` as well, one by a tool `can "tool"`'
            )
        if "*" in self._wanted.tools:
            draft.notes.append(
                "every tool that the gate is asked about is taken for a payment; --tool names those that are"
            )
        self._describe(fields, draft)
        names = self._phases(fields.get("phases"), draft)
        self._budget(fields.get("budget"), draft)
        self._rules(fields.get("rules"), Wording(draft.currency, names), draft)
        self._compensation(fields.get("compensation"), draft)
        return self._text(draft), tuple(draft.notes)

    def _top(self, whole: Fields) -> Fields:
        """Return the fields of the file, be they all under one name, without unknown ones."""
        only = whole.fields[0]
        if len(whole.fields) == 1 and only.name in _ROOTS and isinstance(only.value, Fields):
            whole = only.value
        self._check_names(whole, _TOP, "a governance file")
        return whole

    def _check_names(self, fields: Fields, known: Sequence[str], what: str) -> None:
        for one in fields:
            if one.name not in known:
                close = did_you_mean(one.name, known)
                self._problems.at(
                    one.key.clause,
                    f"unknown key `{clipped(one.key.text)}` of {what}",
                    f"did you mean `{close}`?" if close else suggestion(one.name, known, what="there are"),
                )

    def _currency(self, fields: Fields) -> str | None:
        budget = fields.get("budget")
        found = [part.get("currency") for part in (fields, budget) if isinstance(part, Fields)]
        named = next((value for value in found if value is not None), None)
        if self._wanted.currency is not None:
            return self._wanted.currency.lower()
        if named is None:
            return self._written_currency(budget)
        word = self._values.word(named, "a currency such as `USD`")
        try:
            MONEY.read(f"1_{word}")
        except BadLimitError as error:
            self._problems.at(named.clause, f"unknown currency `{clipped(word)}`", error.help)
            return "usd"
        return word.lower()

    def _written_currency(self, budget: Value | None) -> str | None:
        """Return the one currency that stands behind the amounts of a budget, as in `10.00 EUR`."""
        if not isinstance(budget, Fields):
            return None
        texts = [one.value.text.strip() for one in budget if isinstance(one.value, Word)]
        found = {named for named in map(currency_of, texts) if named is not None}
        return found.pop() if len(found) == 1 else None

    def _describe(self, fields: Fields, draft: Draft) -> None:
        for name in ("version", "description"):
            value = fields.get(name)
            if value is not None:
                draft.settings.append(f"{name}: {quoted(self._values.word(value, f'a {name}'))}")

    def _phases(self, value: Value | None, draft: Draft) -> Sequence[str]:
        """Write the phases, and return their names."""
        if value is None:
            return USUAL
        fields = self._values.fields(value, "phases")
        self._check_names(fields, ("allowed_payment_phase", "transition_rules", "transitions"), "the phases")
        transitions = fields.get("transition_rules") or fields.get("transitions")
        targets: dict[str, list[Word]] = {}
        for one in self._values.fields(transitions, "transitions") if transitions is not None else ():
            targets[self._phase(one.key)] = self._values.words(one.value)
        if transitions is None:
            targets = {name: [] for name in USUAL}
        for name, words in targets.items():
            reached = dict.fromkeys(self._phase(word, tuple(targets)) for word in words)
            if name in reached:
                draft.notes.append(f"`{name}` leads to itself in the file: to stay in a phase needs no rule")
            draft.phases.append(f"{name}: [{', '.join(other for other in reached if other != name)}]")
        if transitions is None:
            first, second, last = USUAL
            draft.phases = [f"{first}: [{second}]", f"{second}: [{last}]", f"{last}: []"]
        allowed = fields.get("allowed_payment_phase")
        if allowed is not None:
            self._payment_phases([self._phase(w, tuple(targets)) for w in self._values.words(allowed)], draft)
        return tuple(targets)

    def _payment_phases(self, names: Sequence[str], draft: Draft) -> None:
        if len(names) == 1:
            draft.phases.insert(0, f"allowed_payment_phase: {names[0]}")
            return
        others = " and ".join(f"phase != {name}" for name in names) or "true"
        message = f"payments are made in {' or '.join(names) or 'no phase'} alone"
        draft.rules["allowed_payment_phases"] = ["", f"when {others}", f"deny {quoted(message)}"]

    def _phase(self, word: Word, known: Sequence[str] | None = None) -> str:
        if known is not None and word.text not in known:
            help_ = phases.known(word.text, known)
            self._problems.at(word.clause, f"unknown phase `{clipped(word.text)}`", help_)
        elif not _NAME.fullmatch(word.text):
            self._problems.at(
                word.clause, f"`{clipped(word.text)}` can't name a phase", "use letters, digits and `_`"
            )
        return word.text

    def _budget(self, value: Value | None, draft: Draft) -> None:
        most = self._wanted.max_amount
        draft.constraints["max_amount"] = UNLIMITED if most is None else MONEY.show(most)
        if value is None:
            return
        fields = self._values.fields(value, "budget")
        self._check_names(fields, (*_LIMITS, "graduated_gates", "gates", "currency"), "the budget")
        for one in fields:
            if one.name in _LIMITS and fields.get(one.name) is not None:
                self._limit(one, _LIMITS[one.name], draft)
        gates = fields.get("graduated_gates") or fields.get("gates")
        for one in self._values.fields(gates, "gates") if gates is not None else ():
            constraint = _GATES.get(one.name)
            if constraint is None:
                self._problems.at(
                    one.key.clause,
                    f"unknown gate `{clipped(one.key.text)}`",
                    suggestion(one.name, tuple(_GATES), what="there are"),
                )
            else:
                self._put(draft, constraint, self._values.share(one.value), one)

    def _limit(self, one: Field, constraint: str, draft: Draft) -> None:
        if constraint == "max_amount":
            draft.constraints.pop(constraint, None)
        self._put(draft, constraint, self._values.amount(one.value, draft.currency), one)

    def _put(self, draft: Draft, constraint: str, text: str, one: Field) -> None:
        if constraint in draft.constraints:
            self._problems.at(one.key.clause, f"`{clipped(one.key.text)}` says what another key says already")
        draft.constraints[constraint] = text

    def _rules(self, value: Value | None, wording: Wording, draft: Draft) -> None:
        if value is None:
            return
        if isinstance(value, Fields):
            for one in value:
                self._rule(self._values.fields(one.value, "rule"), one.key, len(draft.rules), wording, draft)
            return
        if not isinstance(value, Items):
            self._problems.at(value.clause, "`rules` takes a list of rules")
            return
        for number, item in enumerate(value.items, 1):
            self._rule(self._values.fields(item, "rule"), None, number, wording, draft)

    def _rule(self, fields: Fields, key: Word | None, number: int, wording: Wording, draft: Draft) -> None:
        if not fields.fields:
            return
        self._check_names(fields, _RULE, "a rule")
        named = key or fields.get("id") or fields.get("name")
        name = self._rule_name(named, number, draft)
        if fields.get("priority") is not None:
            draft.notes.append(
                f"rule {name}: no priority is kept, for of all rules that hold the strictest decides"
            )
        enabled = fields.get("enabled")
        if enabled is not None and not self._values.truth(enabled):
            draft.notes.append(f"rule {name}: it is not enabled, and left out")
            return
        word = self._action(fields, name)
        source = fields.get("condition") or fields.get("when")
        condition = None
        if isinstance(source, Word):
            condition = conditions.translated(source, wording, self._problems)
        else:
            place = fields.clause if source is None else source.clause
            self._problems.at(place, f"rule `{name}` has no condition", 'add one: `condition: "cost > 0.50"`')
        message = fields.get("message") or fields.get("reason") or source
        said = self._values.word(message, "a message") if message is not None else name
        about = fields.get("description")
        reason = "" if about is None else self._values.word(about, "a description")
        draft.rules[name] = [reason, f"when {condition}", f"{word} {quoted(said)}"]

    def _rule_name(self, value: Value | None, number: int, draft: Draft) -> str:
        if value is None:
            return f"rule_{number}"
        text = self._values.word(value, "an id")
        name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_") or f"rule_{number}"
        if name[0].isdigit() or name in tokens.keywords():
            name = f"rule_{name}"
        if name in draft.rules:
            self._problems.at(
                value.clause, f"rule `{clipped(text)}` a second time", "join the two, or rename one"
            )
        return name

    def _action(self, fields: Fields, name: str) -> str:
        value = fields.get("action")
        if value is None:
            self._problems.at(fields.clause, f"rule `{name}` has no action", "add one: `action: DENY`")
            return "deny"
        text = self._values.word(value, "an action").strip()
        word = _ACTIONS.get(re.sub(r"[- ]+", "_", text).lower())
        if word is None:
            close = did_you_mean(text, ("deny", "pending_approval", "warn", "restrict"))
            help_ = (
                f"did you mean `{close.upper()}`?"
                if close
                else "there are `DENY`, `PENDING_APPROVAL`, `WARN` and `RESTRICT`"
            )
            if text.lower() in {"allow", "allowed", "permit"}:
                help_ = "no rule allows: what none denies, and the budget permits, is allowed; leave it out"
            self._problems.at(value.clause, f"unknown action `{clipped(text)}`", help_)
        return word or "deny"

    def _compensation(self, value: Value | None, draft: Draft) -> None:
        if value is None:
            return
        fields = self._values.fields(value, "compensation")
        self._check_names(fields, ("enabled", "default_action", "action", "timeout"), "the compensation")
        enabled = fields.get("enabled")
        action = fields.get("default_action") or fields.get("action")
        word = "refund_request"
        if action is not None:
            text = self._values.word(action, "an action").strip()
            word = _COMPENSATIONS.get(re.sub(r"[- ]+", "_", text).lower(), "")
            if not word:
                self._problems.at(
                    action.clause,
                    f"unknown compensation `{clipped(text)}`",
                    "there are `REFUND_REQUEST`, `CREDIT`, `VALUE_LOSS` and `NONE`",
                )
        if enabled is not None and not self._values.truth(enabled):
            word = "none"
        draft.constraints["compensation"] = quoted(word)
        timeout = fields.get("timeout")
        if timeout is not None and word != "none":
            draft.constraints["compensation_timeout"] = self._values.duration(timeout)

    def _text(self, draft: Draft) -> str:
        wanted = self._wanted
        lines = [f"// Made of {visible(self._file)} by `execgate policy import`."]
        lines += [f"// Note: {visible(note)}." for note in draft.notes]
        if draft.phases:
            lines += ["", *_block("phases", draft.phases)]
        granted = {
            "allowed_providers": '["*"]',
            "allowed_payment_operations": '["*"]',
            **draft.constraints,
        }
        body = list(draft.settings)
        if wanted.code:
            body += ['can "code_execution"']
        if wanted.tools:
            names = f"[{', '.join(map(quoted, wanted.tools))}]"
            tools = {"allowed_proposed_tools": names, "allowed_executed_tools": names, "payment_tools": names}
            body += _block('can "tool" with constraints', _constraints(tools))
        body += _block('can "payment" with constraints', _constraints(granted))
        lines += ["", *_block(f"agent {quoted(wanted.agent)}", body)]
        for name, (about, *parts) in draft.rules.items():
            because = f" because {quoted(about)}" if about else ""
            lines += ["", *_block(f"rule {name} on payment{because}", parts)]
        return "\n".join([*lines, ""])


def _constraints(found: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in found.items()]


def _block(head: str, lines: Sequence[str]) -> list[str]:
    return [f"{head} {{", *(f"  {line}" for line in lines), "}"]
