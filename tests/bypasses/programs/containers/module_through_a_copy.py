# A module comes back out of a call that is not followed.
# expect: process_spawn
import copy, os

copy.copy(os).system("id")
