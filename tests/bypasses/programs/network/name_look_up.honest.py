# A name that may be reached is looked up.
import socket

socket.gethostbyname("api.example.com")
