# A transfer is signed in one place and sent in another, as bytes.
# expect: payment_call
from eth_account import Account

signed = Account.from_key("key").sign_transaction({"to": "0xB", "value": 10**18})
print(signed.raw_transaction)
