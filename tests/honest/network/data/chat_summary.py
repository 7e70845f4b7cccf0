# Texts of a folder are summarised by a model.
# allowed_imports: ["pathlib", "openai"]
# allowed_hosts: ["api.openai.com"]
# allowed_file_operations: ["list", "write", "read"]
# allowed_file_paths: ["minutes", "summary.md"]

from pathlib import Path

from openai import OpenAI

client = OpenAI()


def summarise(text, words=100):
    reply = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": f"Summarise in {words} words."},
            {"role": "user", "content": text},
        ],
    )
    return reply.choices[0].message.content


for path in sorted(Path("minutes").glob("*.txt")):
    Path("summary.md").write_text(summarise(path.read_text()))
