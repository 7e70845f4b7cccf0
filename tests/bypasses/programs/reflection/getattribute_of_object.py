# `object` reads an attribute of a module.
# expect: process_spawn
import os

object.__getattribute__(os, "sys" + "tem")("id")
