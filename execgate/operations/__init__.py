"""The catalogue: what each library call does, one file a family.

`lookup` answers for one qualified name; `modules` says what a name that it does not list stands for, and
`types` what objects hold and inherit.  What is said of other people's libraries is read when a name of one is
first asked for: most programs use few of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TypeVar

from execgate.operations import types
from execgate.operations.entry import Does, Entry, Table, parse
from execgate.operations.modules import PURE

__all__ = ["ATTRIBUTES", "BASES", "BY_LIBRARY", "CATALOGUE", "FAMILIES", "Entry", "lookup"]

_ALWAYS = """
    archives control databases deserialization dynamic environment files formats native network packages
    paths processes system tasks web
""".split()
"""The families that are read whenever a program starts: most programs use what they list."""

BY_LIBRARY: dict[str, str] = {
    "alchemy": "sqlalchemy",
    "arrays": "dateutil h5py netCDF4 networkx numexpr numpy scipy statsmodels sympy tables xarray zarr",
    "aws": "boto3 botocore",
    "browsers": "playwright pyppeteer selenium undetected_chromedriver",
    "cloud": "azure google googleapiclient pandas_gbq",
    "commands": "IPython delegator docker envoy git invoke kubernetes pexpect plumbum ptyprocess sh",
    "data": "aiofiles fsspec jsonlines smart_open toml watchdog",
    "desktop": "keyboard mouse mss pyautogui pynput pyperclip pyscreenshot pyttsx3 serial sounddevice",
    "documents": """
        PyPDF2 camelot docx docx2txt fitz fpdf html5lib jinja2 lxml mammoth markdown odf openpyxl pdf2image
        pdfkit pdfminer pdfplumber pptx pymupdf pypandoc pypdf pyxlsb reportlab rich svglib tabula
        weasyprint xlrd xlsxwriter xlwings xlwt
    """,
    "drivers": """
        MySQLdb aiomysql aiosqlite asyncpg clickhouse_connect clickhouse_driver cx_Oracle databricks dbapi
        duckdb mysql oracledb pg8000 psycopg psycopg2 psycopg_pool pymssql pymysql pyodbc snowflake trino
        vertica_python
    """,
    "http_clients": """
        aiohttp cloudscraper dns feedparser httplib2 httpx mechanize pycurl requests requests_cache
        requests_html requests_toolbelt scrapy socketio tldextract urllib3 websocket websockets wget whois
    """,
    "language": "datasets gensim nltk sentence_transformers spacy transformers",
    "learning": "catboost joblib lightgbm onnx onnxruntime safetensors sklearn torch torchvision xgboost",
    "payments": """
        Adyen bitcoinlib botocore braintree ccxt cdp checkout_sdk coinbase coinbase_agentkit dwollav2
        eth_account eth_utils gocardless_pro modern_treasury mollie payman payman_sdk paymanai paypalrestsdk
        paypalserversdk plaid razorpay resend solana solders square stripe twilio web3 x402 xrpl
    """,
    "pictures": "PIL cv2 easyocr imageio librosa moviepy pydub pytesseract qrcode rembg skimage soundfile",
    "plots": "altair bokeh folium matplotlib plotly seaborn wordcloud",
    "remote": """
        Pyro5 aio_pika aiokafka asyncssh celery confluent_kafka fabric ftputil grpc kafka kombu ldap3 nats
        netmiko nmap paho paramiko pika ping3 pysftp rpyc rq scapy winrm zmq
    """,
    "servers": """
        apscheduler bottle dash fastapi filelock flask gevent gradio hypercorn portalocker schedule
        starlette streamlit tornado uvicorn waitress
    """,
    "services": """
        algoliasearch anthropic cohere discord discord_webhook github gitlab google groq gspread
        huggingface_hub jira mailchimp_marketing mistralai notion_client ollama openai pinecone praw pusher
        qdrant_client replicate sendgrid sentry_sdk slack_sdk supabase telebot telegram together tweepy
        twilio wandb wikipedia xai_sdk yagmail yfinance
    """,
    "stores": "elasticsearch pymongo redis",
    "tables": "geopandas pandas polars pyarrow",
}
"""The others, each with the first names of all that it lists."""

_V = TypeVar("_V")


class Lines(Mapping[str, _V]):
    """A table by qualified name, to which the families add their lines as they are needed."""

    __slots__ = ("_lines",)

    def __init__(self, lines: dict[str, _V]) -> None:
        self._lines = lines

    def add(self, lines: Mapping[str, _V]) -> None:
        """Add the lines of a family."""
        self._lines.update(lines)

    def __contains__(self, name: object) -> bool:
        return name in self._lines or (isinstance(name, str) and _bring(name) and name in self._lines)

    def __getitem__(self, name: str) -> _V:
        if name not in self._lines:
            _bring(name)
        return self._lines[name]

    def __iter__(self) -> Iterator[str]:
        _bring_all()
        return iter(self._lines)

    def __len__(self) -> int:
        _bring_all()
        return len(self._lines)


CATALOGUE: Lines[tuple[str, Does]] = Lines({})
ATTRIBUTES: Lines[str] = Lines(dict(types.ATTRIBUTES))
BASES: Lines[tuple[str, ...]] = Lines(dict(types.BASES))

FAMILIES = (*_ALWAYS, *BY_LIBRARY)

_missing: dict[str, list[str]] = {}
"""From the first name of a library to the families that were not yet read for it."""


def _read(family: str) -> None:
    module = import_module(f"execgate.operations.{family}")
    table: Table = module.TABLE
    CATALOGUE.add({key.partition("(")[0]: (key, does) for key, does in table.items()})
    ATTRIBUTES.add(getattr(module, "ATTRIBUTES", {}))
    BASES.add(getattr(module, "BASES", {}))


def _bring(name: str) -> bool:
    """Read the families that speak of the library of `name`; return whether there were any."""
    families = _missing.pop(name.partition(".")[0], None)
    if not families:
        return False
    for family in families:
        if family in _unread:
            _unread.discard(family)
            _read(family)
    return True


def _bring_all() -> None:
    for library in list(_missing):
        _bring(library)


_unread = set(BY_LIBRARY)
for _family, _libraries in BY_LIBRARY.items():
    for _library in _libraries.split():
        _missing.setdefault(_library, []).append(_family)
for _family in _ALWAYS:
    _read(_family)


@cache
def lookup(qualified_name: str) -> Entry | None:
    """Return what the catalogue says of a callable, by its canonical name; None where it says nothing.

    A method that a type does not list is looked up in the types that it inherits from; what is listed for
    every name that begins so (`get_*`), or that is below another (`ctypes.*`), comes last.
    """
    line = CATALOGUE.get(qualified_name)
    if line is not None:
        return parse(*line)
    owner, _, method = qualified_name.rpartition(".")
    for base in BASES.get(owner, ()):
        entry = lookup(f"{base}.{method}")
        if entry is not None:
            return entry
    if method == "__getattr__":
        return None
    stems = [method[:end] for end in range(len(method) - 1, 0, -1) if method[end] == "_"]
    prefix = qualified_name
    while prefix and prefix not in PURE:
        prefix = prefix.rpartition(".")[0]
        for ending in (*(f"{stem}_" for stem in stems), ""):
            line = CATALOGUE.get(f"{prefix}.{ending}*")
            if line is not None:
                return replace(parse(*line), name=qualified_name)
    return None


def words_of(family: str) -> dict[str, str]:
    """Return what a family calls things in the names of hosts."""
    words: dict[str, str] = import_module(f"execgate.operations.{family}").WORDS
    return words
