# A report goes out by mail.
# allowed_imports: ["smtplib", "email", "pathlib"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["report.pdf"]
# allowed_hosts: ["smtp.example.com:587"]

import smtplib
from email.message import EmailMessage
from pathlib import Path


def send(to, subject, body, attachment):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bot@example.com", to, subject
    message.set_content(body)
    message.add_attachment(
        attachment.read_bytes(), maintype="application", subtype="pdf", filename=attachment.name
    )
    with smtplib.SMTP("smtp.example.com", 587) as server:
        server.starttls()
        server.login("bot", "secret")
        server.send_message(message)


send("team@example.com", "Report", "See attached.", Path("report.pdf"))
