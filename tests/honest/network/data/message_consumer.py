# Messages of a broker are added up.
# allowed_imports: ["json", "pika"]
# allowed_hosts: ["rabbit.example.com"]

import json

import pika

connection = pika.BlockingConnection(pika.ConnectionParameters(host="rabbit.example.com", port=5672))
channel = connection.channel()
channel.queue_declare(queue="orders", durable=True)
totals = {}


def on_message(channel, method, properties, body):
    order = json.loads(body)
    totals[order["customer"]] = totals.get(order["customer"], 0) + order["total"]
    channel.basic_ack(delivery_tag=method.delivery_tag)


channel.basic_consume(queue="orders", on_message_callback=on_message)
channel.start_consuming()
