# A client takes any path of the provider.
# expect: payment_call
import stripe

stripe.StripeClient("key").raw_request("post", "/v1/" + "payouts", amount=100000, currency="usd")
