# policy: data_agent
from datetime import date, datetime, timedelta
from dateutil import parser, relativedelta, rrule
from zoneinfo import ZoneInfo
import csv
import pytz

start = parser.parse("2024-01-31")
months = [start + relativedelta.relativedelta(months=i) for i in range(12)]
fridays = list(rrule.rrule(rrule.WEEKLY, byweekday=rrule.FR, dtstart=start, count=10))
berlin = datetime(2024, 3, 31, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
tokyo = berlin.astimezone(pytz.timezone("Asia/Tokyo"))

with open("schedule.csv", "w", newline="") as f:
    writer = csv.writer(f)
    writer.writerow(["kind", "when"])
    for when in months:
        writer.writerow(["month end", when.date().isoformat()])
    for when in fridays:
        writer.writerow(["friday", f"{when:%Y-%m-%d}"])
print(tokyo.isoformat(), date.today() - timedelta(days=7))
