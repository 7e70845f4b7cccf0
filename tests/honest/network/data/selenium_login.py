# A browser logs in to a portal.
# allowed_imports: ["selenium"]
# allowed_commands: ["browser"]
# allowed_hosts: ["portal.example.com"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["portal.png"]

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

options = webdriver.ChromeOptions()
options.add_argument("--headless=new")
driver = webdriver.Chrome(options=options)
try:
    driver.get("https://portal.example.com/login")
    driver.find_element(By.ID, "user").send_keys("job")
    driver.find_element(By.ID, "password").send_keys("secret")
    driver.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    WebDriverWait(driver, 10).until(lambda d: "Welcome" in d.page_source)
    driver.save_screenshot("portal.png")
finally:
    driver.quit()
