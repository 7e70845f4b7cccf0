# An error is told to a chat by its web hook.
# allowed_imports: ["os", "datetime", "requests"]
# allowed_environment: ["CHANNEL"]
# allowed_hosts: ["hooks.slack.com"]

import os
from datetime import datetime, timezone

import requests

HOOK = "https://hooks.slack.com/services/T000/B000/XXXX"


def notify(level, text):
    stamp = datetime.now(timezone.utc).isoformat(timespec="seconds")
    payload = {"text": f"[{level}] {stamp} {text}", "channel": os.environ.get("CHANNEL", "#alerts")}
    requests.post(HOOK, json=payload, timeout=5).raise_for_status()


try:
    1 / 0
except ZeroDivisionError as error:
    notify("error", str(error))
