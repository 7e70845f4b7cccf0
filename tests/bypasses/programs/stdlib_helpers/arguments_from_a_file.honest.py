# A parser reads arguments from a list.
import argparse

argparse.ArgumentParser(prefix_chars="-+").parse_known_args(["@/etc/passwd"])
