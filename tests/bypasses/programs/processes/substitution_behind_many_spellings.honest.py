# The same text, which nothing runs.
print("if true; then x=a; else x=b; fi; echo $x$x$x$x$x$(rm -rf /srv/data)")
