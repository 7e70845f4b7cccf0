# ruff: noqa: E501 - a signature stands on one line
"""The file functions of libraries for data, pictures and documents; their other calls are opaque."""

from __future__ import annotations

from execgate.operations.entry import (
    Accesses,
    Calls,
    Deserializes,
    Does,
    Dynamic,
    Files,
    Native,
    Opens,
    Reaches,
    Spawns,
    Sql,
    Table,
    Unlisted,
    effect,
    listing,
    nothing,
    read,
    returns,
    write,
    yields,
)

FRAME = "pandas.DataFrame"
FIGURE = "matplotlib.figure.Figure"
IMAGE = "PIL.Image.Image"
BOOK = "openpyxl.Workbook"


def _reads(path: str, gives: str | None = FRAME) -> Does:
    return effect(Files("read", (path,), urls=True), gives=gives)


def _writes(path: str, mode: str | None = None) -> Does:
    """Return a writer; `mode` is its parameter with a mode, without which it replaces the file."""
    return effect(Opens(path, mode, default="w", urls=True))


SAVE = effect(Files("write", ("fname",)))
HTML = effect(Files("write", ("file",)))

TABLE: Table = {
    # pandas
    "pandas.read_csv(filepath_or_buffer, *, sep, delimiter, header, names, index_col, usecols, dtype, engine, nrows, parse_dates, encoding, compression, storage_options, **kwargs)": _reads(
        "filepath_or_buffer"
    ),
    "pandas.read_table(filepath_or_buffer, *, sep, header, names, index_col, usecols, **kwargs)": _reads(
        "filepath_or_buffer"
    ),
    "pandas.read_fwf(filepath_or_buffer, *, colspecs, widths, infer_nrows, **kwds)": _reads(
        "filepath_or_buffer"
    ),
    "pandas.read_excel(io, sheet_name, *, header, names, index_col, usecols, engine, **kwargs)": _reads("io"),
    "pandas.read_json(path_or_buf, *, orient, typ, lines, nrows, **kwargs)": _reads("path_or_buf"),
    "pandas.read_html(io, *, match, flavor, header, index_col, **kwargs)": effect(
        Files("read", ("io",), urls=True), each=FRAME
    ),
    "pandas.read_xml(path_or_buffer, *, xpath, namespaces, stylesheet, **kwargs)": effect(
        Files("read", ("path_or_buffer", "stylesheet"), urls=True), gives=FRAME
    ),
    "pandas.read_parquet(path, engine, columns, storage_options, **kwargs)": _reads("path"),
    "pandas.read_feather(path, columns, use_threads, storage_options, dtype_backend)": _reads("path"),
    "pandas.read_orc(path, columns, dtype_backend, filesystem, **kwargs)": _reads("path"),
    "pandas.read_hdf(path_or_buf, key, mode, errors, where, start, stop, columns, iterator, chunksize, **kwargs)": effect(
        Files("read", ("path_or_buf",)), Deserializes("pickle", "path_or_buf"), gives=FRAME
    ),
    "pandas.read_sas(filepath_or_buffer, *, format, index, encoding, chunksize, iterator, compression)": _reads(
        "filepath_or_buffer"
    ),
    "pandas.read_spss(path, usecols, convert_categoricals, dtype_backend)": _reads("path"),
    "pandas.read_stata(filepath_or_buffer, *, convert_dates, index_col, **kwargs)": _reads(
        "filepath_or_buffer"
    ),
    "pandas.read_clipboard(sep, dtype_backend, **kwargs)": effect(Accesses("input"), gives=FRAME),
    "pandas.read_gbq(query, project_id, **kwargs)": effect(
        Reaches(fixed="bigquery.googleapis.com", scheme="https", method="POST"), Sql("query"), gives=FRAME
    ),
    "pandas.to_pickle(obj, filepath_or_buffer, compression, protocol, storage_options)": _writes(
        "filepath_or_buffer"
    ),
    "pandas.DataFrame(data, index, columns, dtype, copy)": returns(FRAME),
    "pandas.Series(data, index, dtype, name, copy, fastpath)": returns("pandas.Series"),
    "pandas.ExcelFile(path_or_buffer, engine, storage_options, engine_kwargs)": _reads(
        "path_or_buffer", "pandas.ExcelFile"
    ),
    "pandas.ExcelFile.parse(self, sheet_name, **kwds)": returns(FRAME),
    "pandas.ExcelWriter(path, engine, date_format, datetime_format, mode, storage_options, if_sheet_exists, engine_kwargs)": effect(
        Opens("path", "mode", default="w"), gives="pandas.ExcelWriter", keeps=("path",)
    ),
    "pandas.HDFStore(path, mode, complevel, complib, fletcher32, **kwargs)": effect(
        Opens("path", "mode", default="a"), Deserializes("pickle", "path")
    ),
    "pandas.DataFrame.to_csv(self, path_or_buf, *, sep, na_rep, float_format, columns, header, index, mode, encoding, compression, **kwargs)": _writes(
        "path_or_buf", "mode"
    ),
    "pandas.DataFrame.to_excel(self, excel_writer, *, sheet_name, na_rep, columns, header, index, engine, **kwargs)": _writes(
        "excel_writer"
    ),
    "pandas.DataFrame.to_json(self, path_or_buf, *, orient, lines, mode, **kwargs)": _writes(
        "path_or_buf", "mode"
    ),
    "pandas.DataFrame.to_html(self, buf, *, columns, **kwargs)": _writes("buf"),
    "pandas.DataFrame.to_latex(self, buf, *, columns, **kwargs)": _writes("buf"),
    "pandas.DataFrame.to_markdown(self, buf, *, mode, index, storage_options, **kwargs)": _writes(
        "buf", "mode"
    ),
    "pandas.DataFrame.to_string(self, buf, *, columns, **kwargs)": _writes("buf"),
    "pandas.DataFrame.to_xml(self, path_or_buffer, *, index, **kwargs)": _writes("path_or_buffer"),
    "pandas.DataFrame.to_parquet(self, path, *, engine, compression, index, partition_cols, storage_options, **kwargs)": _writes(
        "path"
    ),
    "pandas.DataFrame.to_feather(self, path, **kwargs)": _writes("path"),
    "pandas.DataFrame.to_orc(self, path, *, engine, index, engine_kwargs)": _writes("path"),
    "pandas.DataFrame.to_pickle(self, path, *, compression, protocol, storage_options)": _writes("path"),
    "pandas.DataFrame.to_stata(self, path, *, convert_dates, **kwargs)": _writes("path"),
    "pandas.DataFrame.to_hdf(self, path_or_buf, *, key, mode, **kwargs)": effect(
        Opens("path_or_buf", "mode", default="a")
    ),
    "pandas.DataFrame.to_clipboard(self, *, excel, sep, **kwargs)": effect(Accesses("input")),
    "pandas.DataFrame.to_gbq(self, destination_table, *, project_id, **kwargs)": effect(
        Reaches(fixed="bigquery.googleapis.com", scheme="https", method="POST")
    ),
    "pandas.DataFrame.head(self, n)": returns(FRAME),
    "pandas.DataFrame.tail(self, n)": returns(FRAME),
    "pandas.DataFrame.copy(self, deep)": returns(FRAME),
    "pandas.DataFrame.dropna(self, *, axis, how, thresh, subset, inplace, ignore_index)": returns(FRAME),
    "pandas.DataFrame.fillna(self, value, *, method, axis, inplace, limit, downcast)": returns(FRAME),
    "pandas.DataFrame.drop(self, labels, *, axis, index, columns, level, inplace, errors)": returns(FRAME),
    "pandas.DataFrame.rename(self, mapper, *, index, columns, axis, copy, inplace, level, errors)": returns(
        FRAME
    ),
    "pandas.DataFrame.sort_values(self, by, *, axis, ascending, inplace, kind, na_position, ignore_index, key)": effect(
        Calls("key"), gives=FRAME
    ),
    "pandas.DataFrame.reset_index(self, level, *, drop, inplace, col_level, col_fill, allow_duplicates, names)": returns(
        FRAME
    ),
    "pandas.DataFrame.set_index(self, keys, *, drop, append, inplace, verify_integrity)": returns(FRAME),
    "pandas.DataFrame.merge(self, right, how, on, left_on, right_on, left_index, right_index, sort, suffixes, copy, indicator, validate)": returns(
        FRAME
    ),
    "pandas.DataFrame.query(self, expr, *, inplace, **kwargs)": returns(FRAME),
    "pandas.DataFrame.eval(self, expr, *, inplace, **kwargs)": returns(FRAME),
    "pandas.DataFrame.describe(self, percentiles, include, exclude)": returns(FRAME),
    "pandas.DataFrame.apply(self, func, axis, raw, result_type, args, by_row, engine, engine_kwargs, **kwargs)": effect(
        Calls("func"), gives=FRAME
    ),
    "pandas.DataFrame.map(self, func, na_action, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.applymap(self, func, na_action, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.pipe(self, func, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.transform(self, func, axis, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.agg(self, func, axis, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.DataFrame.aggregate(self, func, axis, *args, **kwargs)": effect(Calls("func"), gives=FRAME),
    "pandas.concat(objs, *, axis, join, ignore_index, keys, **kwargs)": returns(FRAME),
    "pandas.merge(left, right, how, on, **kwargs)": returns(FRAME),
    # numpy
    "numpy.save(file, arr, allow_pickle, fix_imports)": write("file"),
    "numpy.savez(file, *args, **kwds)": write("file"),
    "numpy.savez_compressed(file, *args, **kwds)": write("file"),
    "numpy.savetxt(fname, X, fmt, delimiter, newline, header, footer, comments, encoding)": SAVE,
    "numpy.loadtxt(fname, dtype, comments, delimiter, converters, skiprows, usecols, unpack, ndmin, encoding, max_rows, *, quotechar, like)": effect(
        Files("read", ("fname",), urls=True)
    ),
    "numpy.genfromtxt(fname, dtype, comments, delimiter, skip_header, skip_footer, converters, missing_values, filling_values, usecols, names, **kwargs)": effect(
        Files("read", ("fname",), urls=True)
    ),
    "numpy.recfromcsv(fname, **kwargs)": effect(Files("read", ("fname",), urls=True)),
    "numpy.fromfile(file, dtype, count, sep, offset, *, like)": read("file"),
    "numpy.fromregex(file, regexp, dtype, encoding)": read("file"),
    "numpy.memmap(filename, dtype, mode, offset, shape, order)": effect(
        Opens("filename", "mode", default="r+"), Native("mmap")
    ),
    "numpy.ndarray(shape, dtype, buffer, offset, strides, order)": returns("numpy.ndarray"),
    "numpy.ndarray.tofile(self, fid, sep, format)": write("fid"),
    "numpy.ndarray.dump(self, file)": write("file"),
    "numpy.DataSource(destpath)": returns("numpy.DataSource"),
    "numpy.DataSource.open(self, path, mode, encoding, newline)": effect(
        Opens("path", "mode", urls=True), gives="io.File"
    ),
    "numpy.lib.format.open_memmap(filename, mode, dtype, shape, fortran_order, version, *, max_header_size)": effect(
        Opens("filename", "mode", default="r+"), Native("mmap")
    ),
    "numpy.f2py.*(*args, **kwargs)": effect(Native("extension"), Spawns(None, fixed=("f2py",))),
    "numpy.distutils.*(*args, **kwargs)": effect(Unlisted("it builds extension modules")),
    "numpy.testing.runstring(astr, dict)": effect(Dynamic("exec", "astr")),
    "numpy.testing.rundocs(filename, raise_on_error)": effect(Files("read", ("filename",)), Dynamic("exec")),
    "scipy.io.loadmat(file_name, mdict, appendmat, **kwargs)": read("file_name"),
    "scipy.io.savemat(file_name, mdict, appendmat, format, **kwargs)": write("file_name"),
    "scipy.io.readsav(file_name, idict, **kwargs)": read("file_name"),
    "scipy.io.mmread(source, **kwargs)": read("source"),
    "scipy.io.mmwrite(target, a, **kwargs)": write("target"),
    "scipy.io.wavfile.read(filename, mmap)": read("filename"),
    "scipy.io.wavfile.write(filename, rate, data)": write("filename"),
    "scipy.io.arff.loadarff(f)": read("f"),
    "scipy.sparse.load_npz(file)": read("file"),
    "scipy.sparse.save_npz(file, matrix, compressed)": write("file"),
    "sklearn.datasets.load_files(container_path, **kwargs)": read("container_path"),
    "sklearn.datasets.load_svmlight_file(f, **kwargs)": read("f"),
    "sklearn.datasets.dump_svmlight_file(X, y, f, **kwargs)": write("f"),
    "sklearn.datasets.fetch_openml(name, **kwargs)": effect(
        Reaches(fixed="www.openml.org", scheme="https", method="GET"),
        Files("write", (), "~/scikit_learn_data"),
    ),
    # plots
    "matplotlib.pyplot.savefig(fname, *args, **kwargs)": SAVE,
    "matplotlib.pyplot.imsave(fname, arr, **kwargs)": SAVE,
    "matplotlib.pyplot.imread(fname, format)": effect(Files("read", ("fname",), urls=True)),
    "matplotlib.pyplot.figure(*args, **kwargs)": returns(FIGURE),
    "matplotlib.pyplot.gcf()": returns(FIGURE),
    "matplotlib.pyplot.subplots(nrows, ncols, **kwargs)": yields(FIGURE),
    "matplotlib.figure.Figure(*args, **kwargs)": returns(FIGURE),
    "matplotlib.figure.Figure.savefig(self, fname, *args, **kwargs)": SAVE,
    "matplotlib.image.imread(fname, format)": effect(Files("read", ("fname",), urls=True)),
    "matplotlib.image.imsave(fname, arr, **kwargs)": SAVE,
    "matplotlib.backends.backend_pdf.PdfPages(filename, keep_empty, metadata)": write("filename"),
    "matplotlib.animation.Animation.save(self, filename, *args, **kwargs)": write("filename"),
    "matplotlib.animation.FuncAnimation(fig, func, frames, init_func, fargs, **kwargs)": effect(
        Calls("func"), Calls("init_func"), gives="matplotlib.animation.Animation"
    ),
    "matplotlib.style.use(style)": nothing(),
    "seaborn.load_dataset(name, cache, data_home, **kws)": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET"),
        Files("write", ("data_home",), "~/seaborn-data"),
        gives=FRAME,
    ),
    "plotly.io.write_html(fig, file, **kwargs)": HTML,
    "plotly.io.write_image(fig, file, **kwargs)": HTML,
    "plotly.io.write_json(fig, file, **kwargs)": HTML,
    "plotly.offline.plot(figure_or_data, *, filename, auto_open, **kwargs)": effect(
        Files("write", ("filename",), "temp-plot.html"), Spawns(None, fixed=("browser",))
    ),
    "plotly.graph_objects.Figure(data, layout, frames, skip_invalid, **kwargs)": returns(
        "plotly.graph_objects.Figure"
    ),
    "plotly.graph_objects.Figure.write_html(self, file, *args, **kwargs)": HTML,
    "plotly.graph_objects.Figure.write_image(self, file, *args, **kwargs)": HTML,
    "plotly.graph_objects.Figure.write_json(self, file, *args, **kwargs)": HTML,
    "plotly.graph_objects.Figure.show(self, *args, **kwargs)": effect(Spawns(None, fixed=("browser",))),
    "folium.Map(*args, **kwargs)": returns("folium.Map"),
    "folium.Map.save(self, outfile, **kwargs)": write("outfile"),
    # pictures, sound and documents
    "PIL.Image.open(fp, mode, formats)": effect(Files("read", ("fp",)), gives=IMAGE),
    "PIL.Image.new(mode, size, color)": returns(IMAGE),
    "PIL.Image.fromarray(obj, mode)": returns(IMAGE),
    "PIL.Image.Image.save(self, fp, format, **params)": write("fp"),
    "PIL.Image.Image.show(self, title)": effect(Spawns(None, fixed=("xdg-open",))),
    "PIL.Image.Image.convert(self, mode, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.resize(self, size, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.crop(self, box)": returns(IMAGE),
    "PIL.Image.Image.rotate(self, angle, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.copy(self)": returns(IMAGE),
    "PIL.Image.Image.transpose(self, method)": returns(IMAGE),
    "PIL.Image.Image.filter(self, filter)": returns(IMAGE),
    "PIL.ImageFont.truetype(font, size, **kwargs)": read("font"),
    "PIL.ImageMath.eval(expression, _dict, **kw)": effect(Dynamic("eval", "expression")),
    "PIL.ImageMath.unsafe_eval(expression, options, **kw)": effect(Dynamic("eval", "expression")),
    "cv2.imread(filename, flags)": read("filename"),
    "cv2.imwrite(filename, img, params)": write("filename"),
    "cv2.imshow(winname, mat)": effect(Accesses("screen")),
    "cv2.VideoWriter(filename, *args)": write("filename"),
    "cv2.FileStorage(filename, flags, encoding)": effect(
        Files("read", ("filename",)), Files("write", ("filename",))
    ),
    "cv2.CascadeClassifier(filename)": read("filename"),
    "imageio.imread(uri, **kwargs)": effect(Files("read", ("uri",), urls=True)),
    "imageio.imwrite(uri, im, **kwargs)": write("uri"),
    "imageio.v3.imread(uri, **kwargs)": effect(Files("read", ("uri",), urls=True)),
    "imageio.v3.imwrite(uri, image, **kwargs)": write("uri"),
    "skimage.io.imread(fname, **kwargs)": effect(Files("read", ("fname",), urls=True)),
    "skimage.io.imsave(fname, arr, **kwargs)": SAVE,
    "soundfile.read(file, **kwargs)": read("file"),
    "soundfile.write(file, data, samplerate, **kwargs)": write("file"),
    "librosa.load(path, **kwargs)": read("path"),
    "pytesseract.image_to_string(image, **kwargs)": effect(
        Files("read", ("image",)), Spawns(None, fixed=("tesseract",))
    ),
    "openpyxl.load_workbook(filename, read_only, keep_vba, data_only, keep_links, rich_text)": effect(
        Files("read", ("filename",)), gives=BOOK
    ),
    "openpyxl.Workbook(write_only, iso_dates)": returns(BOOK),
    "openpyxl.Workbook.save(self, filename)": write("filename"),
    "xlsxwriter.Workbook(filename, options)": write("filename"),
    "xlrd.open_workbook(filename, **kwargs)": read("filename"),
    "docx.Document(docx)": effect(Files("read", ("docx",)), gives="docx.Document"),
    "docx.Document.save(self, path_or_stream)": write("path_or_stream"),
    "pptx.Presentation(pptx)": effect(Files("read", ("pptx",)), gives="pptx.Presentation"),
    "pptx.Presentation.save(self, file)": HTML,
    "PyPDF2.PdfReader(stream, strict, password)": read("stream"),
    "pypdf.PdfReader(stream, strict, password)": read("stream"),
    "pypdf.PdfWriter(*args, **kwargs)": returns("pypdf.PdfWriter"),
    "pypdf.PdfWriter.write(self, stream)": write("stream"),
    "fitz.open(filename, stream, **kwargs)": read("filename"),
    "pdfplumber.open(path_or_fp, **kwargs)": read("path_or_fp"),
    "reportlab.pdfgen.canvas.Canvas(filename, **kwargs)": write("filename"),
    "h5py.File(name, mode, **kwargs)": effect(Opens("name", "mode"), gives="h5py.File"),
    "pyarrow.parquet.read_table(source, **kwargs)": read("source"),
    "pyarrow.parquet.write_table(table, where, **kwargs)": write("where"),
    "pyarrow.csv.read_csv(input_file, **kwargs)": read("input_file"),
    "pyarrow.csv.write_csv(data, output_file, **kwargs)": write("output_file"),
    "pyarrow.feather.read_feather(source, **kwargs)": read("source"),
    "pyarrow.feather.write_feather(df, dest, **kwargs)": write("dest"),
    "polars.read_csv(source, **kwargs)": effect(Files("read", ("source",), urls=True)),
    "polars.read_parquet(source, **kwargs)": effect(Files("read", ("source",), urls=True)),
    "polars.read_json(source, **kwargs)": effect(Files("read", ("source",), urls=True)),
    "polars.scan_csv(source, **kwargs)": effect(Files("read", ("source",), urls=True)),
    "polars.scan_parquet(source, **kwargs)": effect(Files("read", ("source",), urls=True)),
    "geopandas.read_file(filename, **kwargs)": effect(Files("read", ("filename",), urls=True)),
    "fsspec.open(urlpath, mode, **kwargs)": effect(
        Opens("urlpath", "mode", default="rb", urls=True), gives="io.File"
    ),
    "smart_open.open(uri, mode, **kwargs)": effect(Opens("uri", "mode", urls=True), gives="io.File"),
    "aiofiles.open(file, mode, **kwargs)": effect(Opens("file", "mode"), gives="io.File", keeps=("file",)),
    "toml.load(f, _dict)": read("f"),
    "jsonlines.open(file, mode, **kwargs)": effect(Opens("file", "mode"), gives="io.File"),
    "watchdog.observers.Observer(*args, **kwargs)": returns("watchdog.observers.Observer"),
    "watchdog.observers.Observer.schedule(self, event_handler, path, **kwargs)": listing("path"),
    "sympy.sympify(a, **kwargs)": effect(Dynamic("eval", "a")),
    "sympy.parsing.sympy_parser.parse_expr(s, **kwargs)": effect(Dynamic("eval", "s")),
    "numexpr.evaluate(ex, **kwargs)": effect(Dynamic("eval")),
}
