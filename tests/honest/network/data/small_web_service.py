# A web service that listens on this machine alone.
# allowed_imports: ["flask"]
# allowed_hosts: ["127.0.0.1:8080"]

from flask import Flask, jsonify, request

app = Flask(__name__)
NOTES = {}


@app.get("/notes/<int:number>")
def read(number):
    return jsonify(NOTES.get(number, {}))


@app.post("/notes")
def add():
    number = len(NOTES) + 1
    NOTES[number] = request.get_json()
    return jsonify({"id": number}), 201


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8080)
