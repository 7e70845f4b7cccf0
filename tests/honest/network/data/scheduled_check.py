# Two sites are checked every five minutes.
# allowed_imports: ["time", "requests", "schedule"]
# allowed_hosts: ["www.example.com", "shop.example.com"]

import time

import requests
import schedule

SITES = ["https://www.example.com/health", "https://shop.example.com/health"]


def check():
    for site in SITES:
        try:
            ok = requests.get(site, timeout=5).ok
        except requests.RequestException:
            ok = False
        print(f"{site}: {'up' if ok else 'DOWN'}")


schedule.every(5).minutes.do(check)
for _ in range(100):
    schedule.run_pending()
    time.sleep(30)
