# A module travels through a dictionary.
# expect: process_spawn
import os

box = {"m": [os]}
box["m"][0].system("id")
