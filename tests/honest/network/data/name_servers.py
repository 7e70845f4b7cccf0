# What the name servers say of a domain.
# allowed_imports: ["socket", "dns"]
# allowed_hosts: ["example.com", "www.example.com"]

import socket

import dns.resolver

for kind in ("A", "MX", "TXT"):
    for answer in dns.resolver.resolve("example.com", kind):
        print(kind, answer.to_text())
print(socket.gethostbyname("www.example.com"))
