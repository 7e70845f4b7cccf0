# Tasks are sent to a queue of Celery.
# allowed_imports: ["celery"]
# allowed_hosts: ["queue.example.com"]

from celery import Celery

app = Celery("jobs", broker="redis://queue.example.com:6379/0", backend="redis://queue.example.com:6379/1")


@app.task(bind=True, max_retries=3)
def resize(self, width, height, factor):
    return round(width * factor), round(height * factor)


def enqueue(sizes):
    return [resize.delay(width, height, 0.5) for width, height in sizes]


print(len(enqueue([(640, 480), (1024, 768)])))
