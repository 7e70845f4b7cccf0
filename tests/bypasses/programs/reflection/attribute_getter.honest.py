# `attrgetter` reads the attribute to sort by.
import datetime, operator

days = [datetime.date(2024, 5, 1), datetime.date(2023, 1, 2)]
print(sorted(days, key=operator.attrgetter("year")), operator.attrgetter("month")(days[0]))
