# A parser turns the text of an argument into a number.
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("x", type=int)
print(parser.parse_args(["7"]).x)
