"""The words of operations: what the catalogue may say, and what a policy may name."""

from __future__ import annotations

FILE_OPERATIONS = (
    "read",
    "write",
    "append",
    "create",
    "delete",
    "move",
    "copy",
    "list",
    "stat",
    "chmod",
    "link",
    "execute",
)
ENVIRONMENT_OPERATIONS = ("read", "write", "list")
DATABASE_OPERATIONS = ("select", "insert", "update", "delete", "create", "alter", "drop", "execute")
DYNAMIC_CODE = ("eval", "exec", "compile", "attribute", "import", "namespace", "introspection")
NATIVE_CODE = ("ctypes", "cffi", "mmap", "cppyy", "cython", "extension", "llvm", "perf", "sqlite")
DESERIALIZATION = ("pickle", "marshal", "shelve", "yaml", "jsonpickle", "torch", "keras", "tensorflow")
PROCESS_CONTROL = ("kill", "signal", "priority", "identity", "limits")
SYSTEM_ACCESS = ("processes", "resources", "interfaces", "users", "hardware", "screen", "input")
PAYMENT_PROVIDERS = (
    "stripe",
    "paypal",
    "braintree",
    "square",
    "adyen",
    "plaid",
    "razorpay",
    "mollie",
    "cdp",
    "agentkit",
    "x402",
    "web3",
    "solana",
    "xrpl",
    "dwolla",
    "wise",
    "modern_treasury",
    "checkout",
    "coinbase",
    "ccxt",
    "skyfire",
    "payman",
    "agentcore",
    "gocardless",
    "paystack",
    "flutterwave",
    "twilio",
    "resend",
    "bitcoinlib",
)
MOVING_OPERATIONS = (
    "charge",
    "capture",
    "auth",
    "amend",
    "subscription",
    "invoice",
    "payment_link",
    "price",
    "discount",
    "payout",
    "transfer",
    "purchase",
    "topup",
    "credit",
    "loan",
    "issue_card",
    "trade",
    "defi",
    "approve",
    "sign",
    "x402",
    "metered",
    "refund",
    "dispute",
)
"""What moves money, gives the right to move it, or says how much is moved: the call has an amount."""
STILL_OPERATIONS = ("void", "mandate", "instrument", "payee", "account", "credential", "exfil")
"""What moves none, and has no amount: it takes something back, or prepares what other calls move."""
PAYMENT_OPERATIONS = (*MOVING_OPERATIONS, *STILL_OPERATIONS)
ANY_PAYMENT = "any"
"""The operation of a payment call that could be each of them."""
TOOL_STAGES = ("propose", "execute")
