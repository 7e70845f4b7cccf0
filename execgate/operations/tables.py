# ruff: noqa: E501 - a signature stands on one line; a temporary folder is what is named
"""Libraries for tables: pandas, polars, pyarrow."""

from __future__ import annotations

from execgate.operations.effects import (
    Accesses,
    Calls,
    Deserializes,
    Environment,
    Files,
    Formula,
    Imports,
    Native,
    Opens,
    Reaches,
    Sql,
    Unlisted,
)
from execgate.operations.entry import (
    Table,
    copy,
    create,
    delete,
    effect,
    listing,
    move,
    nothing,
    read,
    returns,
    stat,
)
from execgate.operations.shapes import opens, reads

FRAME = "pandas.DataFrame"
SERIES = "pandas.Series"
STYLER = "pandas.io.formats.style.Styler"
POLARS = "polars.DataFrame"
ARROW = "pyarrow.Table"

TABLE: Table = {
    # pandas
    "pandas.read_csv(filepath_or_buffer, **kwargs)": reads("filepath_or_buffer", gives=FRAME),
    "pandas.read_table(filepath_or_buffer, **kwargs)": reads("filepath_or_buffer", gives=FRAME),
    "pandas.read_fwf(filepath_or_buffer, **kwds)": reads("filepath_or_buffer", gives=FRAME),
    "pandas.read_sas(filepath_or_buffer, **kwargs)": reads("filepath_or_buffer", gives=FRAME),
    "pandas.read_stata(filepath_or_buffer, **kwargs)": reads("filepath_or_buffer", gives=FRAME),
    "pandas.read_parquet(path, *args, **kwargs)": reads("path", gives=FRAME),
    "pandas.read_feather(path, *args, **kwargs)": reads("path", gives=FRAME),
    "pandas.read_orc(path, *args, **kwargs)": reads("path", gives=FRAME),
    "pandas.read_spss(path, *args, **kwargs)": reads("path", gives=FRAME),
    "pandas.read_excel(io, *args, **kwargs)": reads("io", gives=FRAME),
    "pandas.read_json(path_or_buf, **kwargs)": reads("path_or_buf", gives=FRAME),
    "pandas.read_html(io, **kwargs)": reads("io", each=FRAME),
    "pandas.read_xml(path_or_buffer, *, stylesheet, **kwargs)": effect(
        Files("read", ("path_or_buffer",), urls=True), Files("read", ("stylesheet",), urls=True), gives=FRAME
    ),
    "pandas.read_hdf(path_or_buf, *args, **kwargs)": effect(
        Files("read", ("path_or_buf",)), Deserializes("pickle", "path_or_buf"), gives=FRAME
    ),
    "pandas.read_clipboard(*args, **kwargs)": effect(Accesses("input"), gives=FRAME),
    "pandas.read_iceberg(*args, **kwargs)": effect(
        Unlisted("reads the catalogue of tables that its configuration names"), gives=FRAME
    ),
    "pandas.read_gbq(query, project_id, **kwargs)": effect(
        Reaches(fixed="bigquery.googleapis.com", scheme="https", method="POST"), Sql("query"), gives=FRAME
    ),
    "pandas.to_pickle(obj, filepath_or_buffer, *args, **kwargs)": opens("filepath_or_buffer", None),
    "pandas.DataFrame(*args, **kwargs)": returns(FRAME),
    "pandas.Series(*args, **kwargs)": returns(SERIES),
    "pandas.concat(*args, **kwargs)": returns(FRAME),
    "pandas.merge(*args, **kwargs)": returns(FRAME),
    "pandas.merge_asof(*args, **kwargs)": returns(FRAME),
    "pandas.merge_ordered(*args, **kwargs)": returns(FRAME),
    "pandas.pivot(*args, **kwargs)": returns(FRAME),
    "pandas.pivot_table(*args, **kwargs)": returns(FRAME),
    "pandas.crosstab(*args, **kwargs)": returns(FRAME),
    "pandas.melt(*args, **kwargs)": returns(FRAME),
    "pandas.get_dummies(*args, **kwargs)": returns(FRAME),
    "pandas.json_normalize(*args, **kwargs)": returns(FRAME),
    "pandas.wide_to_long(*args, **kwargs)": returns(FRAME),
    "pandas.lreshape(*args, **kwargs)": returns(FRAME),
    "pandas.eval(expr, *args, **kwargs)": effect(Formula("expr"), gives=FRAME),
    "pandas.ExcelFile(path_or_buffer, *args, **kwargs)": reads("path_or_buffer", gives="pandas.ExcelFile"),
    "pandas.ExcelFile.CalamineReader(filepath_or_buffer, *args, **kwargs)": reads("filepath_or_buffer"),
    "pandas.ExcelFile.ODFReader(filepath_or_buffer, *args, **kwargs)": reads("filepath_or_buffer"),
    "pandas.ExcelFile.OpenpyxlReader(filepath_or_buffer, *args, **kwargs)": reads("filepath_or_buffer"),
    "pandas.ExcelFile.PyxlsbReader(filepath_or_buffer, *args, **kwargs)": reads("filepath_or_buffer"),
    "pandas.ExcelFile.XlrdReader(filepath_or_buffer, *args, **kwargs)": reads("filepath_or_buffer"),
    "pandas.ExcelFile.parse(self, *args, **kwds)": returns(FRAME),
    "pandas.ExcelWriter(path, engine, date_format, datetime_format, mode, storage_options, if_sheet_exists, engine_kwargs)": effect(
        Opens("path", "mode", default="w", urls=True), gives="pandas.ExcelWriter", keeps=("path",)
    ),
    "pandas.HDFStore(path, mode, *args, **kwargs)": effect(
        Opens("path", "mode", default="a"),
        Deserializes("pickle", "path"),
        gives="pandas.HDFStore",
        keeps=("path", "mode"),
    ),
    "pandas.HDFStore.open(self, mode, **kwargs)": effect(Opens("self.path", "mode", default="a")),
    "pandas.HDFStore.copy(self, file, mode, *args, **kwargs)": effect(
        Opens("file", "mode", default="w"), gives="pandas.HDFStore"
    ),
    "pandas.HDFStore.get(self, *args, **kwargs)": returns(FRAME),
    "pandas.HDFStore.select(self, *args, **kwargs)": returns(FRAME),
    "pandas.HDFStore.select_column(self, *args, **kwargs)": returns(FRAME),
    "pandas.HDFStore.select_as_multiple(self, *args, **kwargs)": returns(FRAME),
    "pandas.HDFStore.put(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.append(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.append_to_multiple(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.remove(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.keys(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.close(self)": nothing(),
    "pandas.HDFStore.flush(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.info(self)": nothing(),
    "pandas.HDFStore.groups(self)": nothing(),
    "pandas.HDFStore.walk(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.get_node(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.get_storer(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.create_table_index(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.select_as_coordinates(self, *args, **kwargs)": nothing(),
    "pandas.HDFStore.items(self)": nothing(),
    "pandas.DataFrame.from_dict(*args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.from_records(*args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.from_arrow(*args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.to_csv(self, path_or_buf, *, mode, **kwargs)": opens("path_or_buf", "mode"),
    "pandas.DataFrame.to_json(self, path_or_buf, *, mode, **kwargs)": opens("path_or_buf", "mode"),
    "pandas.DataFrame.to_excel(self, excel_writer, **kwargs)": opens("excel_writer", None),
    "pandas.DataFrame.to_html(self, buf, **kwargs)": opens("buf", None),
    "pandas.DataFrame.to_latex(self, buf, **kwargs)": opens("buf", None),
    "pandas.DataFrame.to_string(self, buf, **kwargs)": opens("buf", None),
    "pandas.DataFrame.to_markdown(self, buf, *, mode, **kwargs)": opens("buf", "mode", default="wt"),
    "pandas.DataFrame.to_xml(self, path_or_buffer, *, stylesheet, **kwargs)": effect(
        Opens("path_or_buffer", None, default="w", urls=True), Files("read", ("stylesheet",), urls=True)
    ),
    "pandas.DataFrame.to_parquet(self, path, **kwargs)": opens("path", None),
    "pandas.DataFrame.to_feather(self, path, **kwargs)": opens("path", None),
    "pandas.DataFrame.to_orc(self, path, **kwargs)": opens("path", None),
    "pandas.DataFrame.to_pickle(self, path, **kwargs)": opens("path", None),
    "pandas.DataFrame.to_stata(self, path, **kwargs)": opens("path", None),
    "pandas.DataFrame.to_hdf(self, path_or_buf, *, mode, **kwargs)": effect(
        Opens("path_or_buf", "mode", default="a")
    ),
    "pandas.DataFrame.to_clipboard(self, **kwargs)": effect(Accesses("input")),
    "pandas.DataFrame.to_iceberg(self, *args, **kwargs)": effect(
        Unlisted("writes to the catalogue of tables that its configuration names")
    ),
    "pandas.DataFrame.to_gbq(self, destination_table, *args, project_id, **kwargs)": effect(
        Reaches(fixed="bigquery.googleapis.com", scheme="https", method="POST")
    ),
    "pandas.DataFrame.info(self, verbose, buf, *args, **kwargs)": effect(Opens("buf", None, default="w")),
    "pandas.DataFrame.query(self, expr, **kwargs)": effect(Formula("expr"), gives=FRAME),
    "pandas.DataFrame.eval(self, expr, **kwargs)": effect(Formula("expr"), gives=FRAME),
    "pandas.DataFrame.head(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.tail(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.copy(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.dropna(self, **kwargs)": returns(FRAME),
    "pandas.DataFrame.fillna(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.drop(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.drop_duplicates(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.rename(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.sort_index(self, **kwargs)": returns(FRAME),
    "pandas.DataFrame.reset_index(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.set_index(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.merge(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.join(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.describe(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.melt(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.pivot(self, **kwargs)": returns(FRAME),
    "pandas.DataFrame.pivot_table(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.assign(self, **kwargs)": returns(FRAME),
    "pandas.DataFrame.astype(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.sample(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.round(self, *args, **kwargs)": returns(FRAME),
    "pandas.DataFrame.sort_values(self, *args, key, **kwargs)": effect(Calls("key"), gives=FRAME),
    "pandas.DataFrame.apply(self, func, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.transform(self, func, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.map(self, func, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.agg(self, func, *args, **kwargs)": effect(Calls("func")),
    "pandas.DataFrame.aggregate(self, func, *args, **kwargs)": effect(Calls("func")),
    "pandas.DataFrame.pipe(self, func, *args, **kwargs)": effect(Calls("func")),
    "pandas.DataFrame.applymap(self, func, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.io.formats.style.Styler(*args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.to_html(self, buf, **kwargs)": opens("buf", None),
    "pandas.io.formats.style.Styler.to_latex(self, buf, **kwargs)": opens("buf", None),
    "pandas.io.formats.style.Styler.to_string(self, buf, **kwargs)": opens("buf", None),
    "pandas.io.formats.style.Styler.to_typst(self, buf, **kwargs)": opens("buf", None),
    "pandas.io.formats.style.Styler.to_excel(self, excel_writer, *args, **kwargs)": opens(
        "excel_writer", None
    ),
    "pandas.io.formats.style.Styler.format(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.set_caption(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.set_properties(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.set_table_styles(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.set_table_attributes(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.background_gradient(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.highlight_max(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.highlight_min(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.highlight_null(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.highlight_between(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.bar(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.hide(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.set_uuid(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.text_gradient(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.relabel_index(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.format_index(self, *args, **kwargs)": returns(STYLER),
    "pandas.io.formats.style.Styler.apply(self, func, *args, **kwargs)": effect(Calls("func"), gives=STYLER),
    "pandas.io.formats.style.Styler.map(self, func, *args, **kwargs)": effect(Calls("func"), gives=STYLER),
    "pandas.io.formats.style.Styler.apply_index(self, func, *args, **kwargs)": effect(
        Calls("func"), gives=STYLER
    ),
    "pandas.io.formats.style.Styler.map_index(self, func, *args, **kwargs)": effect(
        Calls("func"), gives=STYLER
    ),
    "pandas.io.formats.style.Styler.pipe(self, func, *args, **kwargs)": effect(Calls("func"), gives=STYLER),
    "pandas.io.formats.style.Styler.from_custom_template(searchpath, *args, **kwargs)": effect(
        Files("read", ("searchpath",))
    ),
    "pandas.api.typing.JsonReader(filepath_or_buffer, *args, **kwargs)": reads("filepath_or_buffer"),
    "pandas.api.typing.StataReader(path_or_buf, *args, **kwargs)": reads("path_or_buf"),
    "pandas.io.common.get_handle(path_or_buf, mode, *args, **kwargs)": effect(
        Opens("path_or_buf", "mode", urls=True), gives="io.File"
    ),
    "pandas.compat._optional.import_optional_dependency(name, *args, **kwargs)": effect(Imports("name")),
    "pandas.show_versions(as_json)": opens("as_json", None),
    "pandas.test(*args, **kwargs)": effect(Unlisted("runs the tests of the library")),
    # polars
    "polars.read_csv(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_parquet(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_json(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_ndjson(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_ipc(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_ipc_stream(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_avro(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_delta(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_excel(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_ods(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_lines(source, **kwargs)": reads("source", gives=POLARS),
    "polars.scan_csv(source, **kwargs)": reads("source", gives=POLARS),
    "polars.scan_parquet(source, **kwargs)": reads("source", gives=POLARS),
    "polars.scan_ndjson(source, **kwargs)": reads("source", gives=POLARS),
    "polars.scan_ipc(source, **kwargs)": reads("source", gives=POLARS),
    "polars.scan_lines(source, **kwargs)": reads("source", gives=POLARS),
    "polars.scan_delta(source, **kwargs)": reads("source", gives=POLARS),
    "polars.scan_iceberg(source, **kwargs)": reads("source", gives=POLARS),
    "polars.read_parquet_schema(source)": reads("source", gives=POLARS),
    "polars.read_parquet_metadata(source, *args, **kwargs)": reads("source", gives=POLARS),
    "polars.read_ipc_schema(source)": reads("source", gives=POLARS),
    "polars.read_clipboard(*args, **kwargs)": effect(Accesses("input"), gives=POLARS),
    "polars.read_database(query, connection, **kwargs)": effect(
        Sql("query", destination="connection.database|connection.url|connection"), gives=POLARS
    ),
    "polars.read_database_uri(query, uri, **kwargs)": effect(Sql("query", destination="uri"), gives=POLARS),
    "polars.DataFrame(*args, **kwargs)": returns(POLARS),
    "polars.LazyFrame(*args, **kwargs)": returns(POLARS),
    "polars.from_dict(*args, **kwargs)": returns(POLARS),
    "polars.from_dicts(*args, **kwargs)": returns(POLARS),
    "polars.from_records(*args, **kwargs)": returns(POLARS),
    "polars.from_pandas(*args, **kwargs)": returns(POLARS),
    "polars.from_numpy(*args, **kwargs)": returns(POLARS),
    "polars.from_arrow(*args, **kwargs)": returns(POLARS),
    "polars.concat(*args, **kwargs)": returns(POLARS),
    "polars.SQLContext(*args, **named_frames)": returns("polars.SQLContext"),
    "polars.SQLContext.execute(self, query, **kwargs)": effect(Sql("query"), gives=POLARS),
    "polars.sql(query, *args, **kwargs)": effect(Sql("query"), gives=POLARS),
    "polars.DataFrame.write_csv(self, file, **kwargs)": opens("file", None),
    "polars.DataFrame.write_parquet(self, file, **kwargs)": opens("file", None),
    "polars.DataFrame.write_json(self, file)": opens("file", None),
    "polars.DataFrame.write_ndjson(self, file, **kwargs)": opens("file", None),
    "polars.DataFrame.write_ipc(self, file, **kwargs)": opens("file", None),
    "polars.DataFrame.write_ipc_stream(self, file, **kwargs)": opens("file", None),
    "polars.DataFrame.write_avro(self, file, *args, **kwargs)": opens("file", None),
    "polars.DataFrame.serialize(self, file, **kwargs)": opens("file", None),
    "polars.DataFrame.write_excel(self, workbook, *args, **kwargs)": opens("workbook", None),
    "polars.DataFrame.write_delta(self, target, **kwargs)": opens("target", None),
    "polars.DataFrame.write_iceberg(self, *args, **kwargs)": effect(
        Unlisted("writes to the catalogue of tables that its configuration names")
    ),
    "polars.DataFrame.write_clipboard(self, **kwargs)": effect(Accesses("input")),
    "polars.DataFrame.write_database(self, table_name, connection, **kwargs)": effect(
        Sql(
            operation="insert",
            table="table_name",
            destination="connection.database|connection.url|connection",
        )
    ),
    "polars.LazyFrame.sink_csv(self, path, **kwargs)": opens("path", None),
    "polars.LazyFrame.sink_parquet(self, path, **kwargs)": opens("path", None),
    "polars.LazyFrame.sink_ipc(self, path, **kwargs)": opens("path", None),
    "polars.LazyFrame.sink_ndjson(self, path, **kwargs)": opens("path", None),
    "polars.LazyFrame.sink_delta(self, target, **kwargs)": opens("target", None),
    "polars.LazyFrame.serialize(self, file, **kwargs)": opens("file", None),
    "polars.DataFrame.deserialize(source, **kwargs)": effect(
        Files("read", ("source",)), Deserializes("pickle", "source"), gives=POLARS
    ),
    "polars.LazyFrame.deserialize(source, **kwargs)": effect(
        Files("read", ("source",)), Deserializes("pickle", "source"), gives=POLARS
    ),
    "polars.Expr.deserialize(source, **kwargs)": effect(
        Files("read", ("source",)), Deserializes("pickle", "source")
    ),
    "polars.LazyFrame.show_graph(self, *, output_path, **kwargs)": effect(Files("write", ("output_path",))),
    "polars.LazyFrame.remote(self, *args, **kwargs)": effect(Unlisted("runs on machines of others")),
    "polars.DataFrame.map_rows(self, function, *args, **kwargs)": effect(Calls("function"), gives=POLARS),
    "polars.DataFrame.pipe(self, function, *args, **kwargs)": effect(Calls("function"), gives=POLARS),
    "polars.LazyFrame.map_batches(self, function, **kwargs)": effect(Calls("function"), gives=POLARS),
    "polars.LazyFrame.pipe(self, function, *args, **kwargs)": effect(Calls("function"), gives=POLARS),
    "polars.Config.load_from_file(file)": effect(Files("read", ("file",)), Environment("write")),
    "polars.Config.save_to_file(file)": opens("file", None),
    "polars.show_versions()": nothing(),
    # pyarrow
    "pyarrow.OSFile(path, mode, *args)": effect(Opens("path", "mode", default="rb"), gives="io.File"),
    "pyarrow.memory_map(path, mode)": effect(Opens("path", "mode", default="r"), gives="io.File"),
    "pyarrow.create_memory_map(path, *args, **kwargs)": effect(Files("write", ("path",)), gives="io.File"),
    "pyarrow.input_stream(source, *args, **kwargs)": effect(Files("read", ("source",)), gives="io.File"),
    "pyarrow.output_stream(source, *args, **kwargs)": effect(Files("write", ("source",)), gives="io.File"),
    "pyarrow.MemoryMappedFile.create(path, size)": effect(Files("write", ("path",)), gives="io.File"),
    "pyarrow.table(*args, **kwargs)": returns(ARROW),
    "pyarrow.record_batch(*args, **kwargs)": returns(ARROW),
    "pyarrow.Table.from_pandas(*args, **kwargs)": returns(ARROW),
    "pyarrow.Table.from_arrays(*args, **kwargs)": returns(ARROW),
    "pyarrow.Table.from_pydict(*args, **kwargs)": returns(ARROW),
    "pyarrow.Table.from_pylist(*args, **kwargs)": returns(ARROW),
    "pyarrow.Table.from_batches(*args, **kwargs)": returns(ARROW),
    "pyarrow.Table.to_pandas(self, *args, **kwargs)": returns(FRAME),
    "pyarrow.foreign_buffer(*args, **kwargs)": effect(Native("extension")),
    "pyarrow.deserialize_pandas(*args, **kwargs)": nothing(),
    "pyarrow.set_timezone_db_path(path)": read("path"),
    "pyarrow.csv.read_csv(input_file, *args, **kwargs)": reads("input_file", gives=ARROW),
    "pyarrow.csv.open_csv(input_file, *args, **kwargs)": reads("input_file", gives=ARROW),
    "pyarrow.csv.write_csv(data, output_file, *args, **kwargs)": opens("output_file", None),
    "pyarrow.csv.CSVWriter(sink, *args, **kwargs)": opens("sink", None),
    "pyarrow.json.read_json(input_file, *args, **kwargs)": reads("input_file", gives=ARROW),
    "pyarrow.json.open_json(input_file, *args, **kwargs)": reads("input_file", gives=ARROW),
    "pyarrow.parquet.read_table(source, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.parquet.read_pandas(source, *args, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.parquet.ParquetDataset(path_or_paths, *args, **kwargs)": reads("path_or_paths", gives=ARROW),
    "pyarrow.parquet.ParquetFile(source, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.parquet.read_metadata(where, *args, **kwargs)": reads("where"),
    "pyarrow.parquet.read_schema(where, *args, **kwargs)": reads("where"),
    "pyarrow.parquet.write_table(table, where, *args, **kwargs)": opens("where", None),
    "pyarrow.parquet.ParquetWriter(where, *args, **options)": opens("where", None),
    "pyarrow.parquet.write_metadata(schema, where, *args, **kwargs)": opens("where", None),
    "pyarrow.parquet.write_to_dataset(table, root_path, *args, **kwargs)": opens("root_path", None),
    "pyarrow.feather.read_feather(source, *args, **kwargs)": reads("source", gives=FRAME),
    "pyarrow.feather.read_table(source, *args, **kwargs)": reads("source", gives=FRAME),
    "pyarrow.feather.write_feather(df, dest, *args, **kwargs)": opens("dest", None),
    "pyarrow.orc.read_table(source, *args, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.orc.ORCFile(source)": reads("source", gives=ARROW),
    "pyarrow.orc.write_table(table, where, **kwargs)": opens("where", None),
    "pyarrow.orc.ORCWriter(where, **kwargs)": opens("where", None),
    "pyarrow.ipc.open_file(source, *args, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.ipc.open_stream(source, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.ipc.RecordBatchFileReader(source, *args, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.ipc.RecordBatchStreamReader(source, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.ipc.new_file(sink, *args, **kwargs)": opens("sink", None),
    "pyarrow.ipc.new_stream(sink, *args, **kwargs)": opens("sink", None),
    "pyarrow.ipc.RecordBatchFileWriter(sink, *args, **kwargs)": opens("sink", None),
    "pyarrow.ipc.RecordBatchStreamWriter(sink, *args, **kwargs)": opens("sink", None),
    "pyarrow.dataset.dataset(source, *args, **kwargs)": reads("source", gives=ARROW),
    "pyarrow.dataset.parquet_dataset(metadata_path, *args, **kwargs)": reads("metadata_path", gives=ARROW),
    "pyarrow.dataset.write_dataset(data, base_dir, **kwargs)": opens("base_dir", None),
    "pyarrow.dataset.FileSystemDataset.from_paths(paths, *args, **kwargs)": reads("paths", gives=ARROW),
    "pyarrow.fs.LocalFileSystem(*args, **kwargs)": returns("pyarrow.fs.FileSystem"),
    "pyarrow.fs.SubTreeFileSystem(*args, **kwargs)": returns("pyarrow.fs.FileSystem"),
    "pyarrow.fs.FileSystem.from_uri(uri)": effect(Reaches(url="uri"), gives="pyarrow.fs.FileSystem"),
    "pyarrow.fs.S3FileSystem(*, access_key, secret_key, region, endpoint_override, **kwargs)": effect(
        Reaches(url="endpoint_override", default="https://s3.amazonaws.com"), gives="pyarrow.fs.FileSystem"
    ),
    "pyarrow.fs.GcsFileSystem(*, anonymous, endpoint_override, **kwargs)": effect(
        Reaches(url="endpoint_override", default="https://storage.googleapis.com"),
        gives="pyarrow.fs.FileSystem",
    ),
    "pyarrow.fs.AzureFileSystem(account_name, *args, **kwargs)": effect(
        Reaches(fixed="blob.core.windows.net", scheme="https"), gives="pyarrow.fs.FileSystem"
    ),
    "pyarrow.fs.HadoopFileSystem(host, port, *args, **kwargs)": effect(
        Reaches(host="host", port="port"), gives="pyarrow.fs.FileSystem"
    ),
    "pyarrow.fs.HadoopFileSystem.from_uri(uri)": effect(Reaches(url="uri"), gives="pyarrow.fs.FileSystem"),
    "pyarrow.fs.FileSystem.open_input_file(self, path)": effect(Files("read", ("path",)), gives="io.File"),
    "pyarrow.fs.FileSystem.open_input_stream(self, path, *args, **kwargs)": effect(
        Files("read", ("path",)), gives="io.File"
    ),
    "pyarrow.fs.FileSystem.open_output_stream(self, path, *args, **kwargs)": effect(
        Files("write", ("path",)), gives="io.File"
    ),
    "pyarrow.fs.FileSystem.open_append_stream(self, path, *args, **kwargs)": effect(
        Files("append", ("path",)), gives="io.File"
    ),
    "pyarrow.fs.FileSystem.copy_file(self, src, dest)": copy("src", "dest"),
    "pyarrow.fs.FileSystem.move(self, src, dest)": move("src", "dest"),
    "pyarrow.fs.FileSystem.create_dir(self, path, **kwargs)": create("path"),
    "pyarrow.fs.FileSystem.delete_dir(self, path)": effect(Files("delete", ("path",), recursive=True)),
    "pyarrow.fs.FileSystem.delete_dir_contents(self, path, **kwargs)": effect(
        Files("delete", ("path",), below=True, recursive=True)
    ),
    "pyarrow.fs.FileSystem.delete_file(self, path)": delete("path"),
    "pyarrow.fs.FileSystem.get_file_info(self, paths_or_selector)": stat("paths_or_selector"),
    "pyarrow.fs.FileSelector(base_dir, *args, **kwargs)": listing("base_dir"),
    "pyarrow.fs.copy_files(source, destination, *args, **kwargs)": effect(
        Files("read", ("source",), urls=True), Files("write", ("destination",), urls=True)
    ),
    "pyarrow.flight.connect(*args, **kwargs)": effect(Unlisted("talks to another server")),
    "pyarrow.flight.FlightClient(*args, **kwargs)": effect(Unlisted("talks to another server")),
    "pyarrow.flight.FlightServerBase(*args, **kwargs)": effect(Unlisted("talks to another server")),
    "pyarrow.show_info()": nothing(),
    # geopandas
    "geopandas.read_file(filename, *args, **kwargs)": reads("filename", gives=FRAME),
    "geopandas.read_parquet(path, *args, **kwargs)": reads("path", gives=FRAME),
    "geopandas.read_feather(path, *args, **kwargs)": reads("path", gives=FRAME),
    "geopandas.GeoDataFrame(*args, **kwargs)": returns("geopandas.GeoDataFrame"),
    "geopandas.GeoDataFrame.to_file(self, filename, *args, **kwargs)": opens("filename", None),
}

BASES: dict[str, tuple[str, ...]] = {
    # A table and one that is worked out later lead to each other.
    "polars.DataFrame": ("polars.LazyFrame",),
}
