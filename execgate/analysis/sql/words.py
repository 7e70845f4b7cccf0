"""The words of SQL that say what a statement may do."""

from __future__ import annotations


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


HARMLESS_PROPERTIES = _split(
    """
    TemporaryProperty CharacterSetProperty CollateProperty AutoIncrementProperty OnCommitProperty
    StrictProperty LikeProperty SchemaCommentProperty WithoutRowidProperty
    """
)
"""Properties of a new table that lead nowhere else, as sqlglot names them."""

ACTING_FUNCTIONS = _split(
    """
    AIAgg AIClassify AIEmbed AIForecast AIGenerate AISimilarity AISummarizeAgg MLForecast MLTranslate
    Predict GenerateEmbedding FeaturesAtTime VectorSearch NextValueFor OpenJSON ReadCSV ReadParquet
    ToFile XMLTable
    """
)
"""Functions that sqlglot knows by name and that do more than compute."""

HARMLESS_FUNCTIONS = _split(
    """
    STRFTIME DATETIME DATE TIME TIMEDIFF TIMESTAMP CHANGES TOTAL_CHANGES LAST_INSERT_ROWID
    LAST_INSERT_ID SQLITE_VERSION PRINTF INSTR JULIANDAY UNIXEPOCH TOTAL LIKELY UNLIKELY TYPEOF
    QUOTE IIF JSON JSON_ARRAY JSON_ARRAY_LENGTH JSON_EACH JSON_EXTRACT JSON_GROUP_ARRAY
    JSON_GROUP_OBJECT JSON_INSERT JSON_OBJECT JSON_PATCH JSON_QUOTE JSON_REMOVE JSON_REPLACE JSON_SET
    JSON_TREE JSON_TYPE JSON_VALID BM25 HIGHLIGHT SNIPPET ROWID RANDOMBLOB ZEROBLOB VERSION NOW
    PG_TYPEOF FORMAT ISNULL NVL GETDATE SYSDATE SYSDATETIME TO_CHAR TO_DATE TO_NUMBER TO_TIMESTAMP
    DATE_FORMAT STR_TO_DATE FIELD FIND_IN_SET CURDATE CURTIME UNIX_TIMESTAMP FROM_UNIXTIME LPAD RPAD
    TRUNC SCOPE_IDENTITY FOUND_ROWS ROW_COUNT
    """
)
"""Functions that sqlglot does not know and that only compute."""

HARMLESS_MODULES = _split(
    """
    FTS3 FTS4 FTS5 RTREE
    """
)
"""Modules of virtual tables that keep what they hold in the database."""

HARMLESS_ENGINES = _split(
    """
    INNODB MEMORY MYISAM
    """
)
"""Engines of MySQL that keep a table in the database."""

VERBS: dict[str, frozenset[str]] = {
    "INSERT": frozenset({"insert"}),
    "REPLACE": frozenset({"insert", "create", "delete"}),
    "UPDATE": frozenset({"update"}),
    "DELETE": frozenset({"delete"}),
    "TRUNCATE": frozenset({"delete"}),
    "MERGE": frozenset({"insert", "update", "delete"}),
    "CREATE": frozenset({"create"}),
    "ALTER": frozenset({"alter"}),
    "DROP": frozenset({"drop", "alter"}),
    "SELECT": frozenset({"select"}),
    **dict.fromkeys(
        _split("ATTACH CALL COPY DETACH DUMPFILE EXEC EXECUTE GRANT OUTFILE PRAGMA REVOKE SHUTDOWN VACUUM"),
        frozenset({"execute"}),
    ),
}
"""Verbs, each with the operations of which one has to be found where it stands as a bare word."""

BEFORE_NO_VERB = frozenset({"FOR", "DO", "ON", "KEY", "CONFLICT"})
"""Words behind which `UPDATE`, `DELETE` and `REPLACE` are no verbs of their own."""

FILE_READERS = frozenset(
    """
    glob parquet_file_metadata parquet_metadata parquet_scan parquet_schema read_blob read_csv read_csv_auto
    read_json read_json_auto read_json_objects read_ndjson read_ndjson_auto read_ndjson_objects read_parquet
    read_text read_xlsx sniff_csv
    """.split()
)
"""Functions of DuckDB that read the files of their first argument."""
