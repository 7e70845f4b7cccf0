# A bot that answers what it is sent.
# allowed_imports: ["time", "requests"]
# allowed_hosts: ["api.telegram.org"]

import time

import requests

TOKEN = "123:abc"
API = f"https://api.telegram.org/bot{TOKEN}"
COMMANDS = {"/start": "Hello!", "/help": "Send me a number and I double it."}


def answer(text):
    if text in COMMANDS:
        return COMMANDS[text]
    return str(2 * float(text)) if text.replace(".", "", 1).isdigit() else "That is no number."


def run(rounds=1000):
    offset = 0
    for _ in range(rounds):
        reply = requests.get(f"{API}/getUpdates", params={"offset": offset, "timeout": 30}, timeout=40).json()
        for update in reply["result"]:
            offset = update["update_id"] + 1
            message = update["message"]
            requests.post(
                f"{API}/sendMessage",
                json={"chat_id": message["chat"]["id"], "text": answer(message["text"])},
                timeout=10,
            )
        time.sleep(1)


run()
