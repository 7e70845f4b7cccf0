# A conversation with a model, with its history.
# allowed_imports: ["anthropic"]
# allowed_hosts: ["api.anthropic.com"]

import anthropic

client = anthropic.Anthropic(api_key="secret")
history = []


def ask(question):
    history.append({"role": "user", "content": question})
    reply = client.messages.create(model="claude-sonnet", max_tokens=500, messages=history)
    answer = reply.content[0].text
    history.append({"role": "assistant", "content": answer})
    return answer


for question in ("What is a gate?", "And a policy?"):
    print(ask(question))
