# A parser reads arguments from a file that an argument names.
# expect: gap
import argparse

argparse.ArgumentParser(fromfile_prefix_chars="@").parse_args(["@/etc/passwd"])
