# A repository is cloned, and its lines counted.
# allowed_imports: ["pathlib", "git"]
# allowed_file_operations: ["read", "create", "list"]
# allowed_file_paths: ["checkouts/flask"]
# allowed_hosts: ["github.com"]
# allowed_commands: ["git"]

from pathlib import Path

from git import Repo

folder = Path("checkouts/flask")
if not folder.exists():
    Repo.clone_from("https://github.com/pallets/flask.git", folder, depth=1)

lines = 0
for path in folder.rglob("*.py"):
    lines += len(path.read_text(encoding="utf-8", errors="ignore").splitlines())
print(f"{lines} lines of Python")
