# %% a program lists the folder
import subprocess

print(subprocess.run(["ls", "-l"], capture_output=True, text=True).returncode)

# %% a shell counts lines
# needs: a.txt=1\n2\n
import subprocess

print(subprocess.check_output("wc -l < a.txt", shell=True, text=True).strip())

# %% a program's output goes to a file
import subprocess

with open("date.txt", "w") as out:
    subprocess.call(["date", "+%Y"], stdout=out)

# %% two programs in a pipe
import subprocess

first = subprocess.Popen(["echo", "b\na"], stdout=subprocess.PIPE)
second = subprocess.Popen(["sort"], stdin=first.stdout, stdout=subprocess.PIPE, text=True)
first.stdout.close()
print(second.communicate()[0])

# %% the old way
import os

print(os.system("true"), os.popen("echo hi").read())

# %% a program that is not there
import subprocess

try:
    subprocess.run(["pandoc", "--version"], check=True)
except (FileNotFoundError, subprocess.CalledProcessError):
    print("no pandoc")

# %% a program with variables of its own
import os
import subprocess

result = subprocess.run(["env"], env={**os.environ, "EXTRA": "1"}, capture_output=True, text=True)
print("EXTRA=1" in result.stdout)

# %% a program is found first
import shutil
import subprocess

if shutil.which("sort"):
    subprocess.run(["sort", "--version"], stdout=subprocess.DEVNULL)

# %% this Python runs another program
import subprocess
import sys

print(subprocess.run([sys.executable, "-c", "print(1 + 1)"], capture_output=True, text=True).stdout)

# %% an asynchronous program
import asyncio

async def main():
    process = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    print(output)

asyncio.run(main())

# %% an asynchronous shell
import asyncio

async def main():
    process = await asyncio.create_subprocess_shell("echo hi && true", stdout=asyncio.subprocess.PIPE)
    print(await process.communicate())

asyncio.run(main())

# %% a pool of processes
from multiprocessing import Pool

def square(number):
    return number * number

if __name__ == "__main__":
    with Pool(2) as pool:
        print(pool.map(square, range(5)))

# %% one process more
import multiprocessing

def work(queue):
    queue.put("done")

if __name__ == "__main__":
    queue = multiprocessing.Queue()
    process = multiprocessing.Process(target=work, args=(queue,))
    process.start()
    print(queue.get())
    process.join()

# %% a process that writes a file
import multiprocessing

def write(name):
    with open(name, "w") as file:
        file.write("x")

if __name__ == "__main__":
    process = multiprocessing.Process(target=write, args=("child.txt",))
    process.start()
    process.join()

# %% an executor of processes
import concurrent.futures

def cube(number):
    return number**3

if __name__ == "__main__":
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as executor:
        print(list(executor.map(cube, [1, 2, 3])))

# %% shell words are quoted
import shlex
import subprocess

name = "a b.txt"
subprocess.run(f"touch {shlex.quote('a b.txt')}", shell=True, check=True)
print(shlex.split("ls -l 'a b'"), name)

# %% the output of a command, by its oldest function
import subprocess

print(subprocess.getoutput("echo hello"))

# %% a program with a limit on its time
import subprocess

try:
    subprocess.run(["sleep", "5"], timeout=0.05)
except subprocess.TimeoutExpired:
    print("too slow")

# %% a program is ended
import subprocess

process = subprocess.Popen(["sleep", "5"])
process.terminate()
print(process.wait() != 0)

# %% a process by fork
import os

child = os.fork()
if child == 0:
    os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

# %% a signal to oneself
import os
import signal

signal.signal(signal.SIGUSR1, lambda *_: print("got it"))
os.kill(os.getpid(), signal.SIGUSR1)

# %% commands from a list
import subprocess

for command in (["pwd"], ["uname", "-s"], ["true"]):
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)

# %% a command with its arguments from a file
# needs: args.txt=one two\n
import subprocess

with open("args.txt") as file:
    words = file.read().split()
print(subprocess.run(["echo", *words], capture_output=True, text=True).stdout)

# %% a program in another folder
import os
import subprocess

os.mkdir("elsewhere")
subprocess.run(["touch", "made.txt"], cwd="elsewhere", check=True)

# %% a here document
import subprocess

subprocess.run("cat > made.txt <<END\nhello\nEND\n", shell=True, check=True)
print(open("made.txt").read())

# %% processes that share a value
import multiprocessing

def add(total):
    with total.get_lock():
        total.value += 1

if __name__ == "__main__":
    total = multiprocessing.Value("i", 0)
    workers = [multiprocessing.Process(target=add, args=(total,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(total.value)
