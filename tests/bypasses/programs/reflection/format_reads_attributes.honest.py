# A format string reads plain attributes.
import datetime

print("{0.year}-{0.month:02}".format(datetime.date(2024, 5, 1)))
