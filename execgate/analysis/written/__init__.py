"""What a program writes into files that something else runs: its text is code of the program too.

`state` remembers what went into which file, `places` knows the files that are run by themselves, `languages`
finds the commands in the settings that some of them are, and `judging` turns it all into operations when the
program was followed to its end.
"""
