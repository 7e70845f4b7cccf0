# Nobody knows what the script says.
# expect: gap
with open(".git/hooks/pre-commit", "w") as hook:
    hook.write(input())
