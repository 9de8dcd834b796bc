"""Writes domain/calendar/nyse-table.ts from the PyPI package exchange_calendars.

  python3 -m venv .venv && .venv/bin/pip install exchange_calendars
  .venv/bin/python scripts/make-calendar.py > domain/calendar/nyse-table.ts

With --sessions it prints every session instead, one line each (date, open, close, in seconds since the epoch): what
test/full/calendar.test.ts compares our sessions with.
"""

import datetime
import sys

import exchange_calendars

FIRST_YEAR, LAST_YEAR = 2010, 2028
REVISION = 1

calendar = exchange_calendars.get_calendar("XNYS", start=f"{FIRST_YEAR - 1}-12-01", end=f"{LAST_YEAR}-12-31")
sessions = {
    date.date(): (row["open"].to_pydatetime(), row["close"].to_pydatetime())
    for date, row in calendar.schedule.iterrows()
}
anchor = max(date for date in sessions if date.year < FIRST_YEAR)
sessions = {date: times for date, times in sessions.items() if date >= anchor}

if "--sessions" in sys.argv:
    for date, (opened, closed) in sessions.items():
        print(date, int(opened.timestamp()), int(closed.timestamp()))
    sys.exit()


def new_york(moment):
    return moment.astimezone(calendar.tz).strftime("%H:%M")


def by_year(dates):
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        days = " ".join(date.strftime("%m-%d") for date in dates if date.year == year)
        if days:
            yield f'    {year}: "{days}",'


weekdays = []
date = anchor
while date <= datetime.date(LAST_YEAR, 12, 31):
    if date.weekday() < 5:
        weekdays.append(date)
    date += datetime.timedelta(days=1)

half_days = [date for date, (_, closed) in sessions.items() if new_york(closed) == "13:00"]
assert all(new_york(opened) == "09:30" for opened, _ in sessions.values()), "a late open needs a table of its own"
assert all(new_york(closed) in ("13:00", "16:00") for _, closed in sessions.values()), "an early close that is not 13:00"

print("\n".join([
    "// Made by scripts/make-calendar.py; do not edit by hand.",
    f"// Origin: PyPI exchange_calendars {exchange_calendars.__version__} (Apache-2.0), calendar XNYS, {FIRST_YEAR} to {LAST_YEAR}.",
    "",
    "/**",
    " * The weekdays on which New York's exchange is closed, and those on which it closes at 13:00, as month and day by year.",
    " * Every other weekday is a session of 09:30 to 16:00. A change of any date takes a new version.",
    " */",
    "export const nyseTable = {",
    f'  version: "XNYS-{LAST_YEAR}.{REVISION}",',
    "  /** The session before the first one: when that begins (C1). */",
    f'  anchor: "{anchor}",',
    f'  lastDay: "{LAST_YEAR}-12-31",',
    "  holidays: {",
    *by_year([date for date in weekdays if date not in sessions]),
    "  },",
    "  halfDays: {",
    *by_year(half_days),
    "  },",
    "} as const;",
]))
