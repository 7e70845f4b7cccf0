# An object that was asked for is charged by its own method.
# expect: payment_call
import stripe

intent = stripe.PaymentIntent.retrieve("pi_1")
intent.capture(amount_to_capture=100000)
