# %% files are written by several threads
import threading

def write(number):
    with open(f"part_{number}.txt", "w") as file:
        file.write(str(number))

threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

# %% an executor reads files
# needs: a.txt=1
# needs: b.txt=22
from concurrent.futures import ThreadPoolExecutor

def size(name):
    with open(name) as file:
        return len(file.read())

with ThreadPoolExecutor() as pool:
    print(list(pool.map(size, ["a.txt", "b.txt"])))

# %% futures as they come
import concurrent.futures

def work(number):
    with open("work.txt", "a") as out:
        out.write(f"{number}\n")
    return number

with concurrent.futures.ThreadPoolExecutor(2) as pool:
    futures = [pool.submit(work, n) for n in range(3)]
    print(sorted(f.result() for f in concurrent.futures.as_completed(futures)))

# %% producer and consumer
import queue
import threading

tasks = queue.Queue()

def consume():
    with open("consumed.txt", "w") as out:
        while (item := tasks.get()) is not None:
            out.write(item)

consumer = threading.Thread(target=consume)
consumer.start()
for word in ("a", "b"):
    tasks.put(word)
tasks.put(None)
consumer.join()

# %% a thread by a class
import threading

class Writer(threading.Thread):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def run(self):
        with open(self.path, "w") as file:
            file.write("x")

writer = Writer("thread.txt")
writer.start()
writer.join()

# %% a timer
import threading

timer = threading.Timer(0.01, lambda: open("late.txt", "w").close())
timer.start()
timer.join()

# %% coroutines
import asyncio

async def job(number):
    await asyncio.sleep(0)
    with open(f"job{number}.txt", "w") as file:
        file.write("x")
    return number

async def main():
    print(await asyncio.gather(*(job(n) for n in range(3))))

asyncio.run(main())

# %% files are read in a thread beside the loop
# needs: a.txt=abc
import asyncio
from pathlib import Path

async def main():
    print(await asyncio.to_thread(Path("a.txt").read_text))

asyncio.run(main())

# %% an asynchronous generator
# needs: lines.txt=a\nb\n
import asyncio

async def lines(path):
    with open(path) as file:
        for line in file:
            yield line.strip()
            await asyncio.sleep(0)

async def main():
    async for line in lines("lines.txt"):
        print(line)

asyncio.run(main())

# %% an asynchronous context manager
import asyncio
import contextlib

@contextlib.asynccontextmanager
async def opened(path):
    file = open(path, "w")
    try:
        yield file
    finally:
        file.close()

async def main():
    async with opened("async.txt") as file:
        file.write("x")

asyncio.run(main())

# %% a queue of coroutines
import asyncio

async def worker(queue, out):
    while True:
        name = await queue.get()
        with open(out, "a") as file:
            file.write(name)
        queue.task_done()

async def main():
    queue = asyncio.Queue()
    for name in ("a", "b"):
        queue.put_nowait(name)
    task = asyncio.create_task(worker(queue, "names.txt"))
    await queue.join()
    task.cancel()

asyncio.run(main())

# %% a lock around a file
import threading

lock = threading.Lock()

def add(text):
    with lock, open("shared.txt", "a") as file:
        file.write(text)

threads = [threading.Thread(target=add, args=("x",)) for _ in range(3)]
[t.start() for t in threads]
[t.join() for t in threads]

# %% a lock on a file
import fcntl

with open("lock", "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    file.write("mine")
    fcntl.flock(file, fcntl.LOCK_UN)

# %% values of one thread
import threading

local = threading.local()

def run():
    local.path = "local.txt"
    with open(local.path, "w"):
        pass

thread = threading.Thread(target=run)
thread.start()
thread.join()

# %% work at set times
import sched
import time

scheduler = sched.scheduler(time.monotonic, time.sleep)
scheduler.enter(0.01, 1, lambda: open("scheduled.txt", "w").close())
scheduler.run()

# %% a callback when it is done
from concurrent.futures import ThreadPoolExecutor

def save(future):
    with open("result.txt", "w") as file:
        file.write(str(future.result()))

with ThreadPoolExecutor() as pool:
    pool.submit(sum, [1, 2, 3]).add_done_callback(save)
