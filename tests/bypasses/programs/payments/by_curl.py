# A program of the shell sends the request that charges.
# expect: payment_call
import subprocess

subprocess.run(["curl", "https://api.stripe.com/v1/charges", "-d", "amount=100000", "-d", "currency=usd"])
