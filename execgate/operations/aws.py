# ruff: noqa: E501 - a signature stands on one line
"""Amazon's services: the clients and resources of boto3, which are made from a description when they are asked for.

What a method of a client does follows from its name: `describe_`, `get_`, `list_` read, `delete_` and
`terminate_` take away.  The host is the service's in the client's region, or in no region where only the
machine's settings say which; S3 has a host for each bucket.
"""

from __future__ import annotations

from execgate.operations.effects import Calls, Effect, Files, Reaches, Sql
from execgate.operations.entry import Does, Table, effect, nothing, returns

# What a service is called in the name of its host, where that is not its own name.
WORDS: dict[str, str] = dict(
    word.split("=")
    for word in """
    accessanalyzer=access-analyzer amp=aps apigatewaymanagementapi=execute-api
    apigatewayv2=apigateway appintegrations=app-integrations
    application-insights=applicationinsights applicationcostprofiler=application-cost-profiler
    appstream=appstream2 backupsearch=backup-search budgets=budgets.amazonaws.com
    chime-sdk-identity=identity-chime chime-sdk-media-pipelines=media-pipelines-chime
    chime-sdk-meetings=meetings-chime chime-sdk-messaging=messaging-chime
    chime-sdk-voice=voice-chime cleanroomsml=cleanrooms-ml cloudcontrol=cloudcontrolapi
    cloudfront=cloudfront.amazonaws.com cloudwatch=monitoring cloudwatchomni=cloudwatch-omni
    codeguruprofiler=codeguru-profiler compute-optimizer-automation=aco-automation
    connect-contact-lens=contact-lens connectcampaigns=connect-campaigns
    connectcampaignsv2=connect-campaigns connectcases=cases connecthealth=health-agent
    connectparticipant=participant.connect connectscheduling=connect customer-profiles=profile
    detective=api.detective devops-agent=aidevops docdb=rds dynamodbstreams=streams.dynamodb
    ecr=api.ecr ecr-public=api.ecr-public efs=elasticfilesystem elb=elasticloadbalancing
    elbv2=elasticloadbalancing elementalinference=elemental-inference emr=elasticmapreduce
    endusermessaging=end-user-messaging eventbridgev2=eventsv2 greengrassv2=greengrass
    iam=iam.amazonaws.com importexport=importexport.amazonaws.com iot-data=data-ats.iot
    iot-jobs-data=data.jobs.iot iot-managed-integrations=api.iotmanagedintegrations
    iotdeviceadvisor=api.iotdeviceadvisor iotsecuretunneling=api.tunneling.iot
    iotwireless=api.iotwireless ivs-realtime=ivsrealtime keyspaces=cassandra
    keyspacesstreams=cassandra-streams kinesis-video-archived-media=kinesisvideo
    kinesis-video-media=kinesisvideo kinesis-video-signaling=kinesisvideo
    kinesis-video-webrtc-storage=kinesisvideo kinesisanalyticsv2=kinesisanalytics lambda-core=lambda
    lambda-microvms=lambda lambda-web=lambda launch-wizard=launchwizard lex-models=models.lex
    lex-runtime=runtime.lex lexv2-models=models-v2-lex lexv2-runtime=runtime-v2-lex location=geo
    mailmanager=mail-manager marketplace-agreement=agreement-marketplace
    marketplace-catalog=catalog.marketplace marketplace-deployment=deployment-marketplace
    marketplace-discovery=discovery-marketplace marketplace-entitlement=entitlement.marketplace
    marketplace-reporting=reporting-marketplace mediastore-data=data.mediastore
    mediatailor=api.mediatailor memorydb=memory-db meteringmarketplace=metering.marketplace
    migration-hub-refactor-spaces=refactor-spaces migrationhuborchestrator=migrationhub-orchestrator
    migrationhubstrategy=migrationhub-strategy mturk=mturk-requester mwaa=airflow
    mwaa-serverless=airflow-serverless neptune=rds neptunedata=neptune-db
    notificationscontacts=notifications-contacts opensearch=es opensearchmemory=osm
    opensearchserverless=aoss partnercentral-revenue-measurement=partnercentral-prm
    payment-cryptography=controlplane.payment-cryptography
    payment-cryptography-data=dataplane.payment-cryptography pinpoint-email=email
    pinpoint-sms-voice=sms-voice.pinpoint pinpoint-sms-voice-v2=sms-voice pricing=api.pricing
    pricing-plan-manager=pricingplanmanager qapps=data.qapps qconnect=wisdom
    resiliencehubv2=resiliencehub resourcegroupstaggingapi=tagging route53=route53.amazonaws.com
    s3control=s3-control s3outposts=s3-outposts sagemaker=api.sagemaker
    sagemaker-a2i-runtime=a2i-runtime.sagemaker sagemaker-edge=edge.sagemaker
    sagemaker-featurestore-runtime=featurestore-runtime.sagemaker
    sagemaker-inference-router-runtime=inferencerouter-runtime.sagemaker
    sagemaker-metrics=metrics.sagemaker sagemaker-runtime=runtime.sagemaker
    sagemakerjobruntime=job-runtime.sagemaker
    sagemakertrainingsessionruntime=training-session-runtime.sagemaker
    savingsplans=savingsplans.amazonaws.com service-quotas=servicequotas ses=email sesv2=email
    signer-data=data-signer simpledbv2=sdb sms-voice=sms-voice.pinpoint
    socialmessaging=social-messaging sso=portal.sso sso-admin=sso sso-oidc=oidc stepfunctions=states
    supplychain=scn support-app=supportapp taxsettings=tax timestream-query=query.timestream
    timestream-write=ingest.timestream voice-id=voiceid waf=waf.amazonaws.com wickr=admin.wickr
    workspaces-thin-client=thinclient
    """.split()
)

CREDENTIALS = "aws_access_key_id, aws_secret_access_key, aws_session_token"
MADE = "service_name, region_name, api_version, use_ssl, verify, endpoint_url"
HOST = "{service_name:aws}.{region_name}.amazonaws.com"
OF_SESSION = "{service_name:aws}.{region_name|self.region_name}.amazonaws.com"
KEEPS = ("service_name", "region_name", "endpoint_url")
S3 = "botocore.client.s3"
TABLE_RESOURCE = "boto3.Table"
BUCKET = "boto3.Bucket"
OBJECT = "boto3.Object"


def _made(kind: str, host: str = HOST) -> Does:
    """Return a client or resource of a service, which is in its region or at an address of one's own."""
    return effect(
        Reaches(url="endpoint_url", fixed=host, scheme="https", method="connect"),
        gives=f"{kind}.{{service_name}}",
        keeps=KEEPS,
    )


CLIENT = _made("botocore.client")
RESOURCE = _made("boto3.resources")
CLIENT_OF_SESSION = _made("botocore.client", OF_SESSION)


def _asks(method: str, *more: Effect) -> Does:
    """Say what a call of a service asks: by the kind of thing that it does."""
    return effect(Reaches(url="self.endpoint_url", host="self.server", scheme="https", method=method), *more)


def _at(bucket: str, method: str) -> Reaches:
    return Reaches(
        url="self.endpoint_url",
        fixed=f"{{{bucket}}}.s3.{{self.region_name}}.amazonaws.com",
        scheme="https",
        method=method,
    )


def _bucket(method: str, *more: Effect, place: str = "Bucket", gives: str | None = None) -> Does:
    """Say what a call asks of one bucket."""
    return effect(_at(place, method), *more, gives=gives)


def _item(operation: str, table: str = "TableName") -> Does:
    return effect(Sql(operation=operation, table=table))


SENDS = Files("read", ("Filename",))
SAVES = Files("write", ("Filename",))
CALLBACK = Calls("Callback")

TABLE: Table = {
    f"boto3.client({MADE}, {CREDENTIALS}, config, *, aws_account_id)": CLIENT,
    f"boto3.resource({MADE}, {CREDENTIALS}, config, *, aws_account_id)": RESOURCE,
    f"boto3.Session({CREDENTIALS}, region_name, botocore_session, profile_name, aws_account_id)": returns(
        "boto3.Session", "region_name"
    ),
    "boto3.setup_default_session(**kwargs)": nothing(),
    "boto3.set_stream_logger(name, level, format_string)": nothing(),
    f"boto3.Session.client(self, {MADE}, {CREDENTIALS}, config, aws_account_id)": CLIENT_OF_SESSION,
    f"boto3.Session.resource(self, {MADE}, {CREDENTIALS}, config)": _made("boto3.resources", OF_SESSION),
    f"boto3.Session.create_client(self, service_name, region_name, api_version, use_ssl, verify, endpoint_url, {CREDENTIALS}, config)": CLIENT_OF_SESSION,
    "boto3.Session.get_credentials(self)": nothing(),
    "boto3.Session.get_available_services(self)": nothing(),
    "botocore.config.Config(*args, proxies, client_cert, **kwargs)": effect(
        Reaches(url="proxies[]", method="connect"), Files("read", ("client_cert",))
    ),
    "botocore.session.get_session(env_vars)": returns("boto3.Session"),
    # the methods of every client
    "botocore.client.*(self, **parameters)": _asks("POST"),
    **{
        f"botocore.client.{verb}_*(self, **parameters)": _asks("GET")
        for verb in "batch_check batch_describe batch_get check describe discover download estimate filter get head list lookup preview query scan search select test validate verify view".split()
    },
    **{
        f"botocore.client.{verb}_*(self, **parameters)": _asks("DELETE")
        for verb in "batch_delete bulk_delete delete deregister purge release remove revoke terminate unlink untag".split()
    },
    **{
        f"botocore.client.{verb}_*(self, **parameters)": _asks("PUT")
        for verb in "batch_put batch_update change modify put replace set tag update".split()
    },
    "botocore.client.can_paginate(self, operation_name)": nothing(),
    "botocore.client.close(self)": nothing(),
    "botocore.client.generate_presigned_url(self, ClientMethod, Params, ExpiresIn, HttpMethod)": nothing(),
    "botocore.client.generate_presigned_post(self, Bucket, Key, Fields, Conditions, ExpiresIn)": nothing(),
    # S3
    **{
        f"{S3}.{verb}(self, *, Bucket, **parameters)": _bucket(method)
        for verb, method in {
            "get_*": "GET",
            "list_*": "GET",
            "head_*": "HEAD",
            "put_*": "PUT",
            "create_*": "PUT",
            "delete_*": "DELETE",
            "abort_*": "DELETE",
            "select_*": "POST",
            "restore_*": "POST",
            "complete_*": "POST",
            "rename_*": "PUT",
            "update_*": "PUT",
            "upload_part": "PUT",
        }.items()
    },
    f"{S3}.list_buckets(self, **parameters)": _asks("GET"),
    f"{S3}.list_directory_buckets(self, **parameters)": _asks("GET"),
    f"{S3}.upload_part_copy(self, *, Bucket, CopySource, **parameters)": _bucket(
        "PUT", _at("CopySource.Bucket", "GET")
    ),
    f"{S3}.copy_object(self, *, Bucket, CopySource, **parameters)": _bucket(
        "PUT", _at("CopySource.Bucket", "GET")
    ),
    f"{S3}.copy(self, CopySource, Bucket, Key, ExtraArgs, Callback, SourceClient, Config)": _bucket(
        "PUT", _at("CopySource.Bucket", "GET"), CALLBACK
    ),
    f"{S3}.upload_file(self, Filename, Bucket, Key, ExtraArgs, Callback, Config)": _bucket(
        "PUT", SENDS, CALLBACK
    ),
    f"{S3}.upload_fileobj(self, Fileobj, Bucket, Key, ExtraArgs, Callback, Config)": _bucket("PUT", CALLBACK),
    f"{S3}.download_file(self, Bucket, Key, Filename, ExtraArgs, Callback, Config)": _bucket(
        "GET", SAVES, CALLBACK
    ),
    f"{S3}.download_fileobj(self, Bucket, Key, Fileobj, ExtraArgs, Callback, Config)": _bucket(
        "GET", CALLBACK
    ),
    f"{S3}.generate_presigned_url(self, ClientMethod, Params, ExpiresIn, HttpMethod)": nothing(),
    f"{S3}.generate_presigned_post(self, Bucket, Key, Fields, Conditions, ExpiresIn)": nothing(),
    f"{S3}.can_paginate(self, operation_name)": nothing(),
    f"{S3}.close(self)": nothing(),
    f"{S3}.get_paginator(self, operation_name)": returns("botocore.paginate.s3"),
    f"{S3}.get_waiter(self, waiter_name)": returns("botocore.paginate.s3"),
    "botocore.paginate.s3.paginate(self, *, Bucket, **parameters)": _bucket("GET"),
    "botocore.paginate.s3.wait(self, *, Bucket, **parameters)": _bucket("HEAD"),
    "boto3.s3.transfer.S3Transfer(client, config, osutil, manager)": effect(
        gives="boto3.s3.transfer.S3Transfer", keeps=("client",)
    ),
    "boto3.s3.transfer.S3Transfer.upload_file(self, filename, bucket, key, callback, extra_args)": effect(
        _at("bucket", "PUT"), Files("read", ("filename",)), Calls("callback")
    ),
    "boto3.s3.transfer.S3Transfer.download_file(self, bucket, key, filename, extra_args, callback)": effect(
        _at("bucket", "GET"), Files("write", ("filename",)), Calls("callback")
    ),
    "boto3.resources.*(self, **parameters)": _asks("POST"),
    "boto3.resources.s3.Bucket(self, name)": returns(BUCKET, "name"),
    "boto3.resources.s3.Object(self, bucket_name, key)": returns(OBJECT, "bucket_name"),
    "boto3.resources.s3.ObjectSummary(self, bucket_name, key)": returns(OBJECT, "bucket_name"),
    "boto3.resources.s3.create_bucket(self, *, Bucket, **parameters)": _bucket("PUT", gives=BUCKET),
    f"{BUCKET}.Object(self, key)": returns(OBJECT),
    f"{BUCKET}.all(self)": _bucket("GET", place="self.name", gives=BUCKET),
    f"{BUCKET}.filter(self, **parameters)": _bucket("GET", place="self.name", gives=BUCKET),
    f"{BUCKET}.limit(self, count)": _bucket("GET", place="self.name", gives=BUCKET),
    f"{BUCKET}.pages(self)": _bucket("GET", place="self.name", gives=BUCKET),
    f"{BUCKET}.__iter__(self)": effect(each=OBJECT),
    f"{BUCKET}.create(self, **parameters)": _bucket("PUT", place="self.name"),
    f"{BUCKET}.put_object(self, **parameters)": _bucket("PUT", place="self.name", gives=OBJECT),
    f"{BUCKET}.delete(self, **parameters)": _bucket("DELETE", place="self.name"),
    f"{BUCKET}.delete_objects(self, **parameters)": _bucket("DELETE", place="self.name"),
    f"{BUCKET}.upload_file(self, Filename, Key, ExtraArgs, Callback, Config)": _bucket(
        "PUT", SENDS, CALLBACK, place="self.name"
    ),
    f"{BUCKET}.upload_fileobj(self, Fileobj, Key, ExtraArgs, Callback, Config)": _bucket(
        "PUT", CALLBACK, place="self.name"
    ),
    f"{BUCKET}.download_file(self, Key, Filename, ExtraArgs, Callback, Config)": _bucket(
        "GET", SAVES, CALLBACK, place="self.name"
    ),
    f"{BUCKET}.download_fileobj(self, Key, Fileobj, ExtraArgs, Callback, Config)": _bucket(
        "GET", CALLBACK, place="self.name"
    ),
    f"{BUCKET}.copy(self, CopySource, Key, ExtraArgs, Callback, SourceClient, Config)": _bucket(
        "PUT", _at("CopySource.Bucket", "GET"), CALLBACK, place="self.name"
    ),
    f"{BUCKET}.load(self)": _bucket("GET", place="self.name"),
    f"{BUCKET}.wait_until_exists(self, **parameters)": _bucket("HEAD", place="self.name"),
    f"{OBJECT}.get(self, **parameters)": _bucket("GET", place="self.bucket_name|self.name"),
    f"{OBJECT}.load(self)": _bucket("HEAD", place="self.bucket_name|self.name"),
    f"{OBJECT}.put(self, **parameters)": _bucket("PUT", place="self.bucket_name|self.name"),
    f"{OBJECT}.delete(self, **parameters)": _bucket("DELETE", place="self.bucket_name|self.name"),
    f"{OBJECT}.copy_from(self, *, CopySource, **parameters)": _bucket(
        "PUT", _at("CopySource.Bucket", "GET"), place="self.bucket_name|self.name"
    ),
    f"{OBJECT}.upload_file(self, Filename, ExtraArgs, Callback, Config)": _bucket(
        "PUT", SENDS, CALLBACK, place="self.bucket_name|self.name"
    ),
    f"{OBJECT}.upload_fileobj(self, Fileobj, ExtraArgs, Callback, Config)": _bucket(
        "PUT", CALLBACK, place="self.bucket_name|self.name"
    ),
    f"{OBJECT}.download_file(self, Filename, ExtraArgs, Callback, Config)": _bucket(
        "GET", SAVES, CALLBACK, place="self.bucket_name|self.name"
    ),
    f"{OBJECT}.download_fileobj(self, Fileobj, ExtraArgs, Callback, Config)": _bucket(
        "GET", CALLBACK, place="self.bucket_name|self.name"
    ),
    # DynamoDB: its tables are a database's
    "botocore.client.dynamodb.*(self, *, TableName, **parameters)": _item("execute"),
    **{
        f"botocore.client.dynamodb.{name}(self, *, TableName, **parameters)": _item(operation)
        for name, operation in {
            "describe_*": "select",
            "list_*": "select",
            "get_*": "select",
            "query": "select",
            "scan": "select",
            "put_*": "insert",
            "update_*": "update",
            "delete_*": "delete",
            "tag_*": "update",
            "untag_*": "update",
            "create_*": "create",
            "delete_table": "drop",
            "delete_backup": "drop",
            "update_table": "alter",
            "restore_*": "create",
            "import_*": "create",
        }.items()
    },
    "botocore.client.dynamodb.batch_get_item(self, *, RequestItems, **parameters)": _item(
        "select", "RequestItems.{}"
    ),
    "botocore.client.dynamodb.batch_write_item(self, *, RequestItems, **parameters)": effect(
        Sql(operation="insert", table="RequestItems.{}"), Sql(operation="delete", table="RequestItems.{}")
    ),
    "botocore.client.dynamodb.execute_statement(self, *, Statement, **parameters)": effect(Sql("Statement")),
    "botocore.client.dynamodb.can_paginate(self, operation_name)": nothing(),
    "botocore.client.dynamodb.close(self)": nothing(),
    "botocore.client.dynamodb.get_paginator(self, operation_name)": returns("botocore.paginate.dynamodb"),
    "botocore.client.dynamodb.get_waiter(self, waiter_name)": returns("botocore.paginate.dynamodb"),
    "botocore.paginate.dynamodb.paginate(self, *, TableName, **parameters)": _item("select"),
    "botocore.paginate.dynamodb.wait(self, *, TableName, **parameters)": _item("select"),
    "boto3.resources.dynamodb.Table(self, name)": returns(TABLE_RESOURCE, "name"),
    "boto3.resources.dynamodb.create_table(self, *, TableName, **parameters)": effect(
        Sql(operation="create", table="TableName"), gives=TABLE_RESOURCE, keeps=("TableName",)
    ),
    "boto3.resources.dynamodb.batch_get_item(self, *, RequestItems, **parameters)": _item(
        "select", "RequestItems.{}"
    ),
    "boto3.resources.dynamodb.batch_write_item(self, *, RequestItems, **parameters)": effect(
        Sql(operation="insert", table="RequestItems.{}"), Sql(operation="delete", table="RequestItems.{}")
    ),
    **{
        f"{TABLE_RESOURCE}.{name}(self, **parameters)": _item(operation, "self.name|self.TableName")
        for name, operation in {
            "get_item": "select",
            "query": "select",
            "scan": "select",
            "load": "select",
            "reload": "select",
            "put_item": "insert",
            "update_item": "update",
            "delete_item": "delete",
            "update": "alter",
            "delete": "drop",
            "wait_until_exists": "select",
            "wait_until_not_exists": "select",
        }.items()
    },
    f"{TABLE_RESOURCE}.batch_writer(self, overwrite_by_pkeys)": returns(TABLE_RESOURCE),
    # services that run SQL
    "botocore.client.rds-data.execute_statement(self, *, sql, **parameters)": _asks("POST", Sql("sql")),
    "botocore.client.rds-data.batch_execute_statement(self, *, sql, **parameters)": _asks("POST", Sql("sql")),
    "botocore.client.redshift-data.execute_statement(self, *, Sql, **parameters)": _asks("POST", Sql("Sql")),
    "botocore.client.redshift-data.batch_execute_statement(self, *, Sqls, **parameters)": _asks(
        "POST", Sql("Sqls[]")
    ),
    "botocore.client.athena.start_query_execution(self, *, QueryString, **parameters)": _asks(
        "POST", Sql("QueryString")
    ),
    "botocore.client.timestream-query.query(self, *, QueryString, **parameters)": _asks(
        "POST", Sql("QueryString")
    ),
}

ATTRIBUTES: dict[str, str] = {
    "boto3.resources.s3.buckets": "boto3.resources.s3.buckets",
    "boto3.resources.s3.meta": "boto3.resources.s3.meta",
    "boto3.resources.s3.meta.client": S3,
    "boto3.resources.dynamodb.tables": "boto3.resources.dynamodb.tables",
    "boto3.resources.dynamodb.meta": "boto3.resources.dynamodb.meta",
    "boto3.resources.dynamodb.meta.client": "botocore.client.dynamodb",
    "boto3.Bucket.objects": BUCKET,
    "boto3.Bucket.object_versions": BUCKET,
}
