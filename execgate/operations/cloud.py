# ruff: noqa: E501 - a signature stands on one line
"""Google's and Azure's services: which host they reach, and the local files that they send or write."""

from __future__ import annotations

from execgate.operations.effects import Connects, Effect, Files, Reaches, Sql
from execgate.operations.entry import Does, Table, effect, nothing, read, returns

STORAGE = "google.cloud.storage.Client"
BUCKET = "google.cloud.storage.Bucket"
BLOB = "google.cloud.storage.Blob"
QUERIES = "google.cloud.bigquery.Client"
JOB = "google.cloud.bigquery.QueryJob"
SERVICE = "azure.storage.blob.BlobServiceClient"
CONTAINER = "azure.storage.blob.ContainerClient"
FILE = "azure.storage.blob.BlobClient"


def _google(host: str, gives: str | None) -> Does:
    return effect(
        Reaches(url="client_options.api_endpoint", fixed=host, scheme="https", method="connect"),
        gives=gives,
        keeps=("client_options",),
    )


def _asks(host: str, method: str, *more: Effect, gives: str | None = None) -> Does:
    """Say what a call asks of a service of Google."""
    return effect(
        Reaches(url="self.client_options.api_endpoint", fixed=host, scheme="https", method=method),
        *more,
        gives=gives,
    )


def _stored(method: str, *more: Effect, gives: str | None = None) -> Does:
    return _asks("storage.googleapis.com", method, *more, gives=gives)


def _azure(gives: str, url: str = "account_url") -> Does:
    return effect(Reaches(url=url, scheme="https", method="connect"), gives=gives, keeps=(url,))


def _azure_text(gives: str) -> Does:
    return effect(Connects("conn_str", scheme="https"), gives=gives)


READS_FILE = Files("read", ("filename",))
WRITES_FILE = Files("write", ("filename",))
WAREHOUSE = "bigquery.googleapis.com"
MOVES_ROWS = effect(Sql(operation="insert", table="destination"), gives=JOB)

TABLE: Table = {
    f"{STORAGE}(project, credentials, _http, client_info, client_options, use_auth_w_custom_endpoint, extra_headers, *, api_key)": _google(
        "storage.googleapis.com", STORAGE
    ),
    f"{STORAGE}.from_service_account_json(json_credentials_path, *args, **kwargs)": effect(
        Files("read", ("json_credentials_path",)),
        Reaches(fixed="storage.googleapis.com", scheme="https", method="connect"),
        gives=STORAGE,
    ),
    f"{STORAGE}.create_anonymous_client()": effect(
        Reaches(fixed="storage.googleapis.com", scheme="https", method="connect"), gives=STORAGE
    ),
    f"{STORAGE}.bucket(self, bucket_name, user_project, generation)": returns(BUCKET),
    f"{STORAGE}.get_bucket(self, bucket_or_name, *args, **kwargs)": _stored("GET", gives=BUCKET),
    f"{STORAGE}.lookup_bucket(self, bucket_name, *args, **kwargs)": _stored("GET", gives=BUCKET),
    f"{STORAGE}.create_bucket(self, bucket_or_name, *args, **kwargs)": _stored("POST", gives=BUCKET),
    f"{STORAGE}.list_buckets(self, *args, **kwargs)": effect(
        Reaches(fixed="storage.googleapis.com", scheme="https", method="GET"), each=BUCKET
    ),
    f"{STORAGE}.list_blobs(self, bucket_or_name, *args, **kwargs)": effect(
        Reaches(fixed="storage.googleapis.com", scheme="https", method="GET"), each=BLOB
    ),
    f"{STORAGE}.download_blob_to_file(self, blob_or_uri, file_obj, *args, **kwargs)": _stored("GET"),
    f"{STORAGE}.close(self)": nothing(),
    f"{BUCKET}(client, name, user_project, generation)": returns(BUCKET),
    f"{BUCKET}.blob(self, blob_name, *args, **kwargs)": returns(BLOB),
    f"{BUCKET}.get_blob(self, blob_name, *args, **kwargs)": _stored("GET", gives=BLOB),
    f"{BUCKET}.list_blobs(self, *args, **kwargs)": effect(
        Reaches(fixed="storage.googleapis.com", scheme="https", method="GET"), each=BLOB
    ),
    f"{BUCKET}.exists(self, *args, **kwargs)": _stored("GET"),
    f"{BUCKET}.reload(self, *args, **kwargs)": _stored("GET"),
    f"{BUCKET}.create(self, *args, **kwargs)": _stored("POST"),
    f"{BUCKET}.update(self, *args, **kwargs)": _stored("PUT"),
    f"{BUCKET}.patch(self, *args, **kwargs)": _stored("PATCH"),
    f"{BUCKET}.copy_blob(self, blob, destination_bucket, *args, **kwargs)": _stored("POST", gives=BLOB),
    f"{BUCKET}.rename_blob(self, blob, new_name, *args, **kwargs)": _stored("POST", gives=BLOB),
    **{
        f"{BUCKET}.{name}(self, *args, **kwargs)": _stored("DELETE")
        for name in ("delete", "delete_blob", "delete_blobs")
    },
    f"{BUCKET}.generate_signed_url(self, *args, **kwargs)": nothing(),
    f"{BLOB}(name, bucket, *args, **kwargs)": returns(BLOB),
    f"{BLOB}.upload_from_filename(self, filename, content_type, *args, **kwargs)": _stored(
        "POST", READS_FILE
    ),
    f"{BLOB}.upload_from_file(self, file_obj, *args, **kwargs)": _stored("POST"),
    f"{BLOB}.upload_from_string(self, data, content_type, *args, **kwargs)": _stored("POST"),
    f"{BLOB}.open(self, mode, **kwargs)": _stored("GET", gives="io.File"),
    f"{BLOB}.download_to_filename(self, filename, *args, **kwargs)": _stored("GET", WRITES_FILE),
    **{
        f"{BLOB}.{name}(self, *args, **kwargs)": _stored("GET")
        for name in "download_as_bytes download_as_string download_as_text download_to_file exists reload".split()
    },
    f"{BLOB}.delete(self, *args, **kwargs)": _stored("DELETE"),
    f"{BLOB}.rewrite(self, source, *args, **kwargs)": _stored("POST"),
    f"{BLOB}.make_public(self, *args, **kwargs)": _stored("PATCH"),
    f"{BLOB}.patch(self, *args, **kwargs)": _stored("PATCH"),
    f"{BLOB}.generate_signed_url(self, *args, **kwargs)": nothing(),
    # BigQuery
    f"{QUERIES}(project, credentials, _http, location, default_query_job_config, default_load_job_config, client_info, client_options, default_job_creation_mode)": _google(
        WAREHOUSE, QUERIES
    ),
    f"{QUERIES}.from_service_account_json(json_credentials_path, *args, **kwargs)": effect(
        Files("read", ("json_credentials_path",)),
        Reaches(fixed=WAREHOUSE, scheme="https", method="connect"),
        gives=QUERIES,
    ),
    f"{QUERIES}.query(self, query, *args, **kwargs)": effect(Sql("query"), gives=JOB),
    f"{QUERIES}.query_and_wait(self, query, *args, **kwargs)": effect(Sql("query"), gives=JOB),
    **{
        f"{QUERIES}.{name}(self, source, destination, *args, **kwargs)": MOVES_ROWS
        for name in "load_table_from_dataframe load_table_from_file load_table_from_json load_table_from_uri".split()
    },
    f"{QUERIES}.extract_table(self, source, destination_uris, *args, **kwargs)": effect(
        Sql(operation="select", table="source"), gives=JOB
    ),
    f"{QUERIES}.copy_table(self, sources, destination, *args, **kwargs)": effect(
        Sql(operation="select", table="sources"), Sql(operation="insert", table="destination"), gives=JOB
    ),
    **{
        f"{QUERIES}.{name}(self, table, *args, **kwargs)": effect(Sql(operation=operation, table="table"))
        for name, operation in {
            "create_table": "create",
            "delete_table": "drop",
            "get_table": "select",
            "insert_rows": "insert",
            "insert_rows_from_dataframe": "insert",
            "insert_rows_json": "insert",
            "list_rows": "select",
            "update_table": "alter",
        }.items()
    },
    **{
        f"{QUERIES}.{name}(self, *args, **kwargs)": effect(Sql(operation=operation))
        for name, operation in {
            "create_*": "create",
            "delete_*": "drop",
            "get_*": "select",
            "list_*": "select",
            "update_*": "alter",
        }.items()
    },
    f"{QUERIES}.close(self)": nothing(),
    f"{JOB}.result(self, *args, **kwargs)": nothing(),
    f"{JOB}.to_dataframe(self, *args, **kwargs)": returns("pandas.DataFrame"),
    f"{JOB}.done(self, *args, **kwargs)": nothing(),
    "pandas_gbq.read_gbq(query_or_table, project_id, *args, **kwargs)": effect(
        Reaches(fixed=WAREHOUSE, scheme="https", method="connect"),
        Sql("query_or_table"),
        gives="pandas.DataFrame",
    ),
    # other services of Google
    "google.cloud.pubsub_v1.PublisherClient(*args, **kwargs)": effect(
        Reaches(fixed="pubsub.googleapis.com", scheme="https", method="connect")
    ),
    "google.cloud.pubsub_v1.SubscriberClient(*args, **kwargs)": effect(
        Reaches(fixed="pubsub.googleapis.com", scheme="https", method="connect")
    ),
    "google.cloud.secretmanager.SecretManagerServiceClient(*args, **kwargs)": effect(
        Reaches(fixed="secretmanager.googleapis.com", scheme="https", method="connect")
    ),
    "google.cloud.firestore.Client(*args, **kwargs)": effect(
        Reaches(fixed="firestore.googleapis.com", scheme="https", method="connect")
    ),
    "googleapiclient.discovery.build(serviceName, version, *args, **kwargs)": effect(
        Reaches(fixed="{serviceName}.googleapis.com", scheme="https", method="connect")
    ),
    "googleapiclient.http.MediaFileUpload(filename, mimetype, *args, **kwargs)": read("filename"),
    "google.oauth2.service_account.Credentials.from_service_account_file(filename, **kwargs)": read(
        "filename"
    ),
    "google.oauth2.credentials.Credentials.from_authorized_user_file(filename, scopes)": read("filename"),
    # Azure
    f"{SERVICE}(account_url, credential, **kwargs)": _azure(SERVICE),
    f"{SERVICE}.from_connection_string(conn_str, credential, **kwargs)": _azure_text(SERVICE),
    f"{CONTAINER}(account_url, container_name, credential, **kwargs)": _azure(CONTAINER),
    f"{CONTAINER}.from_connection_string(conn_str, container_name, credential, **kwargs)": _azure_text(
        CONTAINER
    ),
    f"{CONTAINER}.from_container_url(container_url, credential, **kwargs)": _azure(
        CONTAINER, "container_url"
    ),
    f"{FILE}(account_url, container_name, blob_name, snapshot, credential, **kwargs)": _azure(FILE),
    f"{FILE}.from_connection_string(conn_str, container_name, blob_name, snapshot, credential, **kwargs)": _azure_text(
        FILE
    ),
    f"{FILE}.from_blob_url(blob_url, credential, snapshot, **kwargs)": _azure(FILE, "blob_url"),
    f"{SERVICE}.get_container_client(self, container)": returns(CONTAINER),
    f"{SERVICE}.get_blob_client(self, container, blob, snapshot, *, version_id)": returns(FILE),
    f"{CONTAINER}.get_blob_client(self, blob, snapshot, *, version_id)": returns(FILE),
    **{
        f"{owner}.{name}(self, *args, **kwargs)": effect(
            Reaches(
                url="self.account_url|self.container_url|self.blob_url",
                host="self.server",
                scheme="https",
                method=method,
            )
        )
        for owner in (SERVICE, CONTAINER, FILE)
        for name, method in {
            "abort_*": "DELETE",
            "acquire_*": "PUT",
            "append_*": "PUT",
            "clear_*": "PUT",
            "commit_*": "PUT",
            "create_*": "PUT",
            "delete_*": "DELETE",
            "download_*": "GET",
            "exists": "GET",
            "find_*": "GET",
            "get_*": "GET",
            "list_*": "GET",
            "query_*": "POST",
            "readall": "GET",
            "resize_*": "PUT",
            "set_*": "PUT",
            "stage_*": "PUT",
            "undelete_*": "PUT",
            "upload_*": "PUT",
            "walk_*": "GET",
        }.items()
    },
    **{
        f"{FILE}.{name}(self, source_url, *args, **kwargs)": effect(
            Reaches(url="self.account_url|self.blob_url", host="self.server", scheme="https", method="PUT"),
            Reaches(url="source_url", method="GET"),
        )
        for name in "start_copy_from_url upload_blob_from_url upload_pages_from_url".split()
    },
    f"{FILE}.append_block_from_url(self, copy_source_url, *args, **kwargs)": effect(
        Reaches(url="self.account_url|self.blob_url", host="self.server", scheme="https", method="PUT"),
        Reaches(url="copy_source_url", method="GET"),
    ),
    f"{FILE}.stage_block_from_url(self, block_id, source_url, *args, **kwargs)": effect(
        Reaches(url="self.account_url|self.blob_url", host="self.server", scheme="https", method="PUT"),
        Reaches(url="source_url", method="GET"),
    ),
    f"{FILE}.close(self)": nothing(),
    f"{SERVICE}.close(self)": nothing(),
    f"{CONTAINER}.close(self)": nothing(),
    "azure.identity.ClientSecretCredential(tenant_id, client_id, client_secret, **kwargs)": effect(
        Reaches(fixed="login.microsoftonline.com", scheme="https", method="POST")
    ),
    "azure.identity.CertificateCredential(tenant_id, client_id, certificate_path, **kwargs)": effect(
        Files("read", ("certificate_path",)),
        Reaches(fixed="login.microsoftonline.com", scheme="https", method="POST"),
    ),
    "azure.keyvault.secrets.SecretClient(vault_url, credential, **kwargs)": effect(
        Reaches(url="vault_url", method="connect")
    ),
    "azure.cosmos.CosmosClient(url, credential, **kwargs)": effect(Reaches(url="url", method="connect")),
    "azure.servicebus.ServiceBusClient.from_connection_string(conn_str, **kwargs)": effect(
        Connects("conn_str", scheme="https")
    ),
}
