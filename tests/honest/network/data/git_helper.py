# Who committed what, by Git's own program.
# allowed_imports: ["subprocess", "collections"]
# allowed_commands: ["git"]

import subprocess
from collections import Counter


def git(*words):
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=True)
    return done.stdout


authors = Counter(git("log", "--format=%an", "-n", "500").splitlines())
for name, commits in authors.most_common(5):
    print(f"{commits:>5} {name}")
changed = git("diff", "--name-only", "HEAD~1").split()
print(f"{len(changed)} files changed, branch {git('rev-parse', '--abbrev-ref', 'HEAD').strip()}")
