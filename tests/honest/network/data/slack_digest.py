# A digest and its table are posted to a channel.
# allowed_imports: ["slack_sdk"]
# allowed_hosts: ["slack.com"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["digest.csv"]

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

client = WebClient(token="xoxb-secret")


def post(channel, lines):
    try:
        client.chat_postMessage(channel=channel, text="\n".join(lines))
        client.files_upload_v2(channel=channel, file="digest.csv", title="Digest")
    except SlackApiError as error:
        print("could not post:", error)


post("#news", ["*Digest*", "- three new issues"])
