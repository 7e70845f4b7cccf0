"""What waits inside a cell: takes a job, runs it, says what happened.

Standard library only, Python 3.9 and later.
"""
