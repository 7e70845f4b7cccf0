# One module of the standard library leads to another that computes.
import traceback

print(traceback.textwrap.dedent("  x"))
