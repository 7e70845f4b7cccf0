# ruff: noqa: E501 - a signature stands on one line
"""Clients of single services on the web: language models, messages, code, markets.

Whose whole library speaks to one host reaches it by any call that is not listed.
"""

from __future__ import annotations

from execgate.operations.effects import Files, Reaches
from execgate.operations.entry import Does, Table, effect, nothing, read, returns, write

ANSWER = "openai.Answer"
CLIENT = "openai.OpenAI"


def _at(host: str, *, url: str | None = None, gives: str | None = None, method: str = "POST") -> Does:
    """Return a client of the service at `host`, or where the parameter `url` says."""
    return effect(Reaches(url=url, fixed=host, scheme="https", method=method), gives=gives)


def _model(host: str) -> Does:
    return _at(host, url="base_url", gives=CLIENT)


HUGGING_FACE = effect(
    Reaches(fixed="huggingface.co", scheme="https", method="GET"), Files("write", (), "~/.cache/huggingface")
)

TABLE: Table = {
    # language models
    **{
        f"{name}(*, api_key, organization, project, base_url, websocket_base_url, timeout, max_retries, default_headers, http_client, **kwargs)": _model(
            host
        )
        for name, host in {
            CLIENT: "api.openai.com",
            "openai.AsyncOpenAI": "api.openai.com",
            "anthropic.Anthropic": "api.anthropic.com",
            "anthropic.AsyncAnthropic": "api.anthropic.com",
            "groq.Groq": "api.groq.com",
            "groq.AsyncGroq": "api.groq.com",
            "together.Together": "api.together.xyz",
            "xai_sdk.Client": "api.x.ai",
        }.items()
    },
    "openai.AzureOpenAI(*, api_version, azure_endpoint, azure_deployment, api_key, base_url, **kwargs)": effect(
        Reaches(url="azure_endpoint", method="POST"), Reaches(url="base_url", method="POST"), gives=CLIENT
    ),
    "openai.AsyncAzureOpenAI(*, api_version, azure_endpoint, azure_deployment, api_key, base_url, **kwargs)": effect(
        Reaches(url="azure_endpoint", method="POST"), Reaches(url="base_url", method="POST"), gives=CLIENT
    ),
    # What a client offers hangs on its attributes, and what it gives back can be written to a file.
    f"{CLIENT}.__getattr__(self, name)": returns(CLIENT),
    f"{CLIENT}.with_options(self, *, base_url, **kwargs)": effect(
        Reaches(url="base_url", method="POST"), gives=CLIENT
    ),
    f"{CLIENT}.copy(self, *, base_url, **kwargs)": effect(
        Reaches(url="base_url", method="POST"), gives=CLIENT
    ),
    f"{CLIENT}.write_to_file(self, file)": write("file"),
    f"{CLIENT}.stream_to_file(self, file, *, chunk_size)": write("file"),
    f"{CLIENT}.astream_to_file(self, file, *, chunk_size)": write("file"),
    f"{CLIENT}.close(self)": nothing(),
    f"{CLIENT}.base_url.__set__(self, value)": effect(Reaches(url="value", method="POST")),
    "openai.base_url.__set__(value)": effect(Reaches(url="value", method="POST")),
    "openai.api_base.__set__(value)": effect(Reaches(url="value", method="POST")),
    "openai.proxy.__set__(value)": effect(Reaches(url="value", method="connect")),
    "slack_sdk.WebClient.base_url.__set__(self, value)": effect(Reaches(url="value", method="POST")),
    **{
        f"{CLIENT}.{name}(self, *args, file, image, purpose, **kwargs)": effect(
            Files("read", ("file", "image")), gives=ANSWER
        )
        for name in "create edit create_variation upload generate parse stream retrieve content".split()
    },
    f"{ANSWER}.write_to_file(self, file)": write("file"),
    f"{ANSWER}.stream_to_file(self, file, *, chunk_size)": write("file"),
    f"{ANSWER}.astream_to_file(self, file, *, chunk_size)": write("file"),
    "openai.ChatCompletion.create(*args, **kwargs)": _at("api.openai.com"),
    **{
        f"openai.{name}.*(*args, **kwargs)": _at("api.openai.com", gives=ANSWER)
        for name in """
            audio beta chat completions embeddings files fine_tuning images models moderations responses
            Completion Embedding Image Audio Moderation File ChatCompletion
        """.split()
    },
    "google.generativeai.configure(*, api_key, transport, client_options, **kwargs)": effect(
        Reaches(
            url="client_options.api_endpoint",
            fixed="generativelanguage.googleapis.com",
            scheme="https",
            method="POST",
        )
    ),
    "google.generativeai.GenerativeModel(model_name, **kwargs)": _at("generativelanguage.googleapis.com"),
    "google.generativeai.upload_file(path, **kwargs)": effect(
        Files("read", ("path",)),
        Reaches(fixed="generativelanguage.googleapis.com", scheme="https", method="POST"),
    ),
    "google.genai.Client(*, api_key, vertexai, http_options, **kwargs)": _at(
        "generativelanguage.googleapis.com", url="http_options.base_url"
    ),
    "cohere.Client(api_key, *, base_url, **kwargs)": _at("api.cohere.com", url="base_url"),
    "cohere.ClientV2(api_key, *, base_url, **kwargs)": _at("api.cohere.com", url="base_url"),
    "mistralai.Mistral(*, api_key, server_url, **kwargs)": _at("api.mistral.ai", url="server_url"),
    "replicate.run(ref, input, **kwargs)": _at("api.replicate.com"),
    "replicate.Client(api_token, base_url, **kwargs)": _at("api.replicate.com", url="base_url"),
    "ollama.Client(host, **kwargs)": _at("localhost", url="host"),
    "ollama.*(*args, **kwargs)": _at("localhost"),
    "huggingface_hub.InferenceClient(model, *, provider, token, base_url, **kwargs)": _at(
        "router.huggingface.co", url="base_url"
    ),
    "huggingface_hub.hf_hub_download(repo_id, filename, **kwargs)": HUGGING_FACE,
    "huggingface_hub.snapshot_download(repo_id, **kwargs)": HUGGING_FACE,
    "huggingface_hub.upload_file(*, path_or_fileobj, path_in_repo, repo_id, **kwargs)": effect(
        Files("read", ("path_or_fileobj",)), Reaches(fixed="huggingface.co", scheme="https", method="POST")
    ),
    "huggingface_hub.upload_folder(*, folder_path, repo_id, **kwargs)": effect(
        Files("read", ("folder_path",), recursive=True),
        Reaches(fixed="huggingface.co", scheme="https", method="POST"),
    ),
    # messages
    **{
        f"{name}(token, base_url, **kwargs)": _at("slack.com", url="base_url", gives="slack_sdk.WebClient")
        for name in ("slack_sdk.WebClient", "slack_sdk.web.async_client.AsyncWebClient")
    },
    "slack_sdk.WebClient.files_upload(self, *, file, content, channels, **kwargs)": effect(
        Files("read", ("file",)), Reaches(fixed="slack.com", scheme="https", method="POST")
    ),
    "slack_sdk.WebClient.files_upload_v2(self, *, file, content, channel, file_uploads, **kwargs)": effect(
        Files("read", ("file",)),
        Files("read", ("file_uploads[].file",)),
        Reaches(fixed="slack.com", scheme="https", method="POST"),
    ),
    "slack_sdk.WebClient.*(self, **kwargs)": _at("slack.com"),
    "slack_sdk.webhook.WebhookClient(url, **kwargs)": effect(Reaches(url="url", method="POST")),
    "twilio.rest.Client(username, password, account_sid, region, **kwargs)": _at(
        "api.twilio.com", gives="twilio.rest.Client"
    ),
    "sendgrid.SendGridAPIClient(api_key, host, impersonate_subuser)": _at("api.sendgrid.com", url="host"),
    "telegram.Bot(token, base_url, **kwargs)": _at("api.telegram.org", url="base_url", gives="telegram.Bot"),
    "telegram.Bot.*(self, *args, **kwargs)": _at("api.telegram.org"),
    "telegram.ext.ApplicationBuilder()": _at("api.telegram.org"),
    "telegram.ext.Application.builder()": _at("api.telegram.org"),
    "telegram.ext.Updater(*args, **kwargs)": _at("api.telegram.org"),
    "telebot.TeleBot(token, **kwargs)": _at("api.telegram.org"),
    "discord.Client(*, intents, **kwargs)": _at("discord.com"),
    "discord.Bot(*args, **kwargs)": _at("discord.com"),
    "discord.ext.commands.Bot(command_prefix, **kwargs)": _at("discord.com"),
    "discord.File(fp, filename, **kwargs)": read("fp"),
    "discord.SyncWebhook.from_url(url, **kwargs)": effect(Reaches(url="url", method="POST")),
    "discord.Webhook.from_url(url, **kwargs)": effect(Reaches(url="url", method="POST")),
    "discord_webhook.DiscordWebhook(url, **kwargs)": effect(Reaches(url="url", method="POST")),
    "yagmail.SMTP(user, password, host, port, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="smtp", method="connect", default="smtp.gmail.com"),
        gives="yagmail.SMTP",
    ),
    "yagmail.SMTP.send(self, to, subject, contents, attachments, **kwargs)": read("attachments"),
    "pusher.Pusher(app_id, key, secret, cluster, **kwargs)": _at("api.pusherapp.com"),
    # code and data
    "github.Github(login_or_token, password, jwt, app_auth, base_url, **kwargs)": _at(
        "api.github.com", url="base_url"
    ),
    "gitlab.Gitlab(url, private_token, **kwargs)": _at("gitlab.com", url="url"),
    "jira.JIRA(server, options, **kwargs)": effect(Reaches(url="server|options.server", method="connect")),
    "tweepy.Client(*args, **kwargs)": _at("api.twitter.com"),
    "tweepy.API(*args, **kwargs)": _at("api.twitter.com"),
    "praw.Reddit(*args, **kwargs)": _at("oauth.reddit.com"),
    "notion_client.Client(**kwargs)": _at("api.notion.com"),
    "wikipedia.*(*args, **kwargs)": _at("en.wikipedia.org", method="GET"),
    "yfinance.download(tickers, start, end, **kwargs)": _at("query1.finance.yahoo.com", method="GET"),
    "yfinance.Ticker(ticker, session)": _at("query1.finance.yahoo.com", method="GET"),
    "yfinance.Tickers(tickers, session)": _at("query1.finance.yahoo.com", method="GET"),
    "wandb.init(*args, **kwargs)": _at("api.wandb.ai"),
    "sentry_sdk.init(dsn, **kwargs)": effect(Reaches(url="dsn", method="POST")),
    "supabase.create_client(supabase_url, supabase_key, options)": effect(
        Reaches(url="supabase_url", method="connect")
    ),
    "gspread.service_account(filename, **kwargs)": effect(
        Files("read", ("filename",), "~/.config/gspread/service_account.json"),
        Reaches(fixed="sheets.googleapis.com", scheme="https", method="connect"),
    ),
    "mailchimp_marketing.Client(config)": _at("api.mailchimp.com"),
    "algoliasearch.search.client.SearchClientSync(app_id, api_key, **kwargs)": effect(
        Reaches(fixed="{app_id}.algolia.net", scheme="https", method="connect")
    ),
    "pinecone.Pinecone(api_key, host, **kwargs)": _at("api.pinecone.io", url="host"),
    "qdrant_client.QdrantClient(location, url, port, *, host, path, **kwargs)": effect(
        Reaches(url="url", method="connect"),
        Reaches(host="host", port="port", scheme="http", method="connect"),
        Files("write", ("path",)),
    ),
}
