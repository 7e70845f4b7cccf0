# A parser calls the type of an argument with its text.
# expect: process_spawn
import argparse, os

parser = argparse.ArgumentParser()
parser.add_argument("x", type=os.system)
parser.parse_args(["id"])
