"""Clients of services in the cloud: which host they reach, and the local files that they send or write."""

from __future__ import annotations

from execgate.operations.entry import Files, Reaches, Table, effect, read, returns, write

GOOGLE = effect(
    Reaches(fixed="storage.googleapis.com", scheme="https", method="connect"),
    gives="google.cloud.storage.Client",
)
AZURE = effect(
    Reaches(url="account_url", scheme="https", method="connect"), gives="azure.storage.blob.BlobServiceClient"
)
OPENAI = effect(Reaches(url="base_url", fixed="api.openai.com", scheme="https", method="POST"))
MARKETS = effect(Reaches(fixed="query1.finance.yahoo.com", scheme="https", method="GET"))

TABLE: Table = {
    "google.cloud.storage.Client(project, credentials, **kwargs)": GOOGLE,
    "google.cloud.storage.Client.bucket(self, bucket_name, user_project)": returns(
        "google.cloud.storage.Bucket"
    ),
    "google.cloud.storage.Client.get_bucket(self, bucket_or_name, **kwargs)": returns(
        "google.cloud.storage.Bucket"
    ),
    "google.cloud.storage.Bucket.blob(self, blob_name, **kwargs)": returns("google.cloud.storage.Blob"),
    "google.cloud.storage.Blob.upload_from_filename(self, filename, **kwargs)": read("filename"),
    "google.cloud.storage.Blob.download_to_filename(self, filename, **kwargs)": write("filename"),
    "azure.storage.blob.BlobServiceClient(account_url, credential, **kwargs)": AZURE,
    "azure.storage.blob.BlobServiceClient.from_connection_string(conn_str, credential, **kwargs)": effect(
        Reaches(fixed="blob.core.windows.net", scheme="https", method="connect"),
        gives="azure.storage.blob.BlobServiceClient",
    ),
    "openai.OpenAI(*, api_key, organization, base_url, timeout, **kwargs)": OPENAI,
    "openai.AsyncOpenAI(*, api_key, organization, base_url, timeout, **kwargs)": OPENAI,
    "openai.AzureOpenAI(*, azure_endpoint, api_key, **kwargs)": effect(
        Reaches(url="azure_endpoint", method="POST")
    ),
    "anthropic.Anthropic(*, api_key, base_url, **kwargs)": effect(
        Reaches(url="base_url", fixed="api.anthropic.com", scheme="https", method="POST")
    ),
    "yfinance.download(tickers, start, end, **kwargs)": MARKETS,
    "yfinance.Ticker(ticker, session)": MARKETS,
    "huggingface_hub.hf_hub_download(repo_id, filename, **kwargs)": effect(
        Reaches(fixed="huggingface.co", scheme="https", method="GET"),
        Files("write", (), "~/.cache/huggingface"),
    ),
    "huggingface_hub.snapshot_download(repo_id, **kwargs)": effect(
        Reaches(fixed="huggingface.co", scheme="https", method="GET"),
        Files("write", (), "~/.cache/huggingface"),
    ),
    "slack_sdk.WebClient(token, base_url, **kwargs)": effect(
        Reaches(url="base_url", fixed="slack.com", scheme="https", method="POST")
    ),
    "twilio.rest.Client(username, password, **kwargs)": effect(
        Reaches(fixed="api.twilio.com", scheme="https", method="POST"), gives="twilio.rest.Client"
    ),
    "sendgrid.SendGridAPIClient(api_key, host, **kwargs)": effect(
        Reaches(url="host", fixed="api.sendgrid.com", scheme="https", method="POST")
    ),
    "tweepy.Client(*args, **kwargs)": effect(Reaches(fixed="api.twitter.com", scheme="https", method="POST")),
    "telegram.Bot(token, **kwargs)": effect(Reaches(fixed="api.telegram.org", scheme="https", method="POST")),
}
