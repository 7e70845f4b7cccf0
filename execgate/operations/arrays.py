# ruff: noqa: E501, S108 - a signature stands on one line; a temporary folder is what is named
"""Libraries for arrays, statistics, graphs and algebra: numpy, scipy, h5py, statsmodels, networkx, sympy."""

from __future__ import annotations

from execgate.operations.effects import (
    Deserializes,
    Dynamic,
    Files,
    Formula,
    Native,
    Opens,
    Reaches,
    Spawns,
    Unlisted,
)
from execgate.operations.entry import Table, effect, nothing, read, returns, write
from execgate.operations.shapes import downloads, opens, reads

FRAME = "pandas.DataFrame"
SOURCE = "numpy.lib.npyio.DataSource"

TABLE: Table = {
    # numpy
    "numpy.savez(file, *args, **kwds)": write("file"),
    "numpy.savez_compressed(file, *args, **kwds)": write("file"),
    "numpy.save(file, arr, allow_pickle, fix_imports)": write("file"),
    "numpy.savetxt(fname, *args, **kwargs)": write("fname"),
    "numpy.loadtxt(fname, *args, **kwargs)": reads("fname"),
    "numpy.genfromtxt(fname, *args, **kwargs)": reads("fname"),
    "numpy.recfromcsv(fname, **kwargs)": reads("fname"),
    "numpy.recfromtxt(fname, **kwargs)": reads("fname"),
    "numpy.fromfile(file, dtype, count, sep, offset, *, like)": read("file"),
    "numpy.fromregex(file, *args, **kwargs)": read("file"),
    "numpy.memmap(filename, dtype, mode, offset, shape, order)": effect(
        Opens("filename", "mode", default="r+"), Native("mmap")
    ),
    "numpy.ndarray(shape, dtype, buffer, offset, strides, order)": returns("numpy.ndarray"),
    "numpy.ndarray.tofile(self, fid, sep, format)": write("fid"),
    "numpy.ndarray.dump(self, file)": write("file"),
    "numpy.lib.npyio.DataSource(*args, **kwargs)": returns(SOURCE),
    "numpy.lib.npyio.DataSource.open(self, path, mode, *args, **kwargs)": effect(
        Opens("path", "mode", urls=True), gives="io.File"
    ),
    "numpy.lib.npyio.DataSource.exists(self, path)": effect(Files("stat", ("path",), urls=True)),
    "numpy.lib.npyio.NpzFile(fid, own_fid, allow_pickle, *args, **kwargs)": effect(
        Files("read", ("fid",)), Deserializes("pickle", "fid", when="allow_pickle")
    ),
    "numpy.lib.format.open_memmap(filename, mode, *args, **kwargs)": effect(
        Opens("filename", "mode", default="r+"), Native("mmap")
    ),
    "numpy.lib.format.read_array(fp, allow_pickle, *args, **kwargs)": effect(
        Deserializes("pickle", when="allow_pickle")
    ),
    "numpy.rec.fromfile(fd, *args, **kwargs)": read("fd"),
    "numpy.ma.mrecords.fromtextfile(fname, *args, **kwargs)": effect(
        Files("read", ("fname",)), gives="io.File"
    ),
    "numpy.ma.mrecords.openfile(fname)": effect(Files("read", ("fname",)), gives="io.File"),
    "numpy.f2py.*(*args, **kwargs)": effect(Native("extension"), Spawns(None, fixed=("f2py",))),
    "numpy.distutils.*(*args, **kwargs)": effect(Unlisted("it builds extension modules")),
    "numpy.ctypeslib.load_library(libname, *args, **kwargs)": effect(
        Native("ctypes"), Files("read", ("libname",))
    ),
    "numpy.testing.runstring(astr, dict)": effect(Dynamic("exec", "astr")),
    "numpy.testing.rundocs(filename, raise_on_error)": effect(Files("read", ("filename",)), Dynamic("exec")),
    "numpy.testing.measure(code_str, *args, **kwargs)": effect(Dynamic("exec", "code_str")),
    "numpy.testing.tempdir(*args, **kwargs)": effect(Files("create", (), "/tmp", below=True)),
    "numpy.testing.temppath(*args, **kwargs)": effect(Files("create", (), "/tmp", below=True)),
    "numpy.test(*args, **kwargs)": effect(Unlisted("runs the tests of the library")),
    # scipy
    "scipy.io.loadmat(file_name, *args, **kwargs)": effect(Files("read", ("file_name",))),
    "scipy.io.savemat(file_name, *args, **kwargs)": write("file_name"),
    "scipy.io.whosmat(file_name, *args, **kwargs)": read("file_name"),
    "scipy.io.readsav(file_name, idict, python_dict, uncompressed_file_name, *args, **kwargs)": effect(
        Files("read", ("file_name",)), Files("write", ("uncompressed_file_name",))
    ),
    "scipy.io.mmread(source, **kwargs)": read("source"),
    "scipy.io.mminfo(source)": read("source"),
    "scipy.io.mmwrite(target, *args, **kwargs)": write("target"),
    "scipy.io.hb_read(path_or_open_file, **kwargs)": read("path_or_open_file"),
    "scipy.io.hb_write(path_or_open_file, *args, **kwargs)": write("path_or_open_file"),
    "scipy.io.FortranFile(filename, mode, *args, **kwargs)": effect(Opens("filename", "mode")),
    "scipy.io.netcdf_file(filename, mode, mmap, *args, **kwargs)": effect(
        Opens("filename", "mode"), Native("mmap")
    ),
    "scipy.io.matlab.matfile_version(file_name, **kwargs)": read("file_name"),
    "scipy.io.wavfile.read(filename, *args, **kwargs)": read("filename"),
    "scipy.io.wavfile.write(filename, *args, **kwargs)": write("filename"),
    "scipy.io.arff.loadarff(f)": read("f"),
    "scipy.sparse.load_npz(file)": read("file"),
    "scipy.sparse.save_npz(file, *args, **kwargs)": write("file"),
    "scipy.datasets.ascent()": downloads("raw.githubusercontent.com", "~/.cache/scipy-data"),
    "scipy.datasets.face(*args, **kwargs)": downloads("raw.githubusercontent.com", "~/.cache/scipy-data"),
    "scipy.datasets.electrocardiogram()": downloads("raw.githubusercontent.com", "~/.cache/scipy-data"),
    "scipy.datasets.download_all(*args, **kwargs)": downloads(
        "raw.githubusercontent.com", "~/.cache/scipy-data"
    ),
    "scipy.datasets.clear_cache(*args, **kwargs)": effect(
        Files("delete", (), "~/.cache/scipy-data", recursive=True)
    ),
    "scipy.odr.ODR(data, model, beta0, delta0, ifixb, ifixx, job, iprint, errfile, rptfile, **kwargs)": effect(
        Files("write", ("errfile",)), Files("write", ("rptfile",))
    ),
    "scipy.LowLevelCallable(*args, **kwargs)": effect(Native("ctypes")),
    "scipy.LowLevelCallable.from_cython(module, *args, **kwargs)": effect(Native("extension")),
    "scipy.test(*args, **kwargs)": effect(Unlisted("runs the tests of the library")),
    # other arrays
    "h5py.File(name, mode, *args, **kwds)": effect(Opens("name", "mode"), gives="h5py.File"),
    "h5py.is_hdf5(fname)": read("fname"),
    "h5py.ExternalLink(filename, *args, **kwargs)": read("filename"),
    "h5py.VirtualSource(path_or_dataset, *args, **kwargs)": read("path_or_dataset"),
    "h5py.h5f.open(name, *args, **kwargs)": effect(Files("read", ("name",)), Files("write", ("name",))),
    "h5py.h5f.create(name, *args, **kwargs)": effect(Files("read", ("name",)), Files("write", ("name",))),
    "h5py.run_tests(*args, **kwargs)": effect(Unlisted("runs the tests of the library")),
    "tables.open_file(filename, mode, *args, **kwargs)": effect(
        Opens("filename", "mode"), Deserializes("pickle", "filename"), gives="tables.File"
    ),
    "tables.File(filename, mode, *args, **kwargs)": effect(
        Opens("filename", "mode"), Deserializes("pickle", "filename"), gives="tables.File"
    ),
    "tables.File.copy_file(self, dstfilename, *args, **kwargs)": opens("dstfilename", None),
    "tables.copy_file(srcfilename, dstfilename, *args, **kwargs)": effect(
        Files("read", ("srcfilename",)), Files("write", ("dstfilename",))
    ),
    "tables.is_hdf5_file(filename)": read("filename"),
    "tables.is_pytables_file(filename)": read("filename"),
    "tables.nodes.filenode.read_from_filenode(h5file, filename, *args, **kwargs)": effect(
        Files("write", ("filename",))
    ),
    "tables.nodes.filenode.save_to_filenode(h5file, filename, *args, **kwargs)": effect(
        Files("read", ("filename",)), Files("write", ("h5file",))
    ),
    "xarray.open_dataset(filename_or_obj, *args, **kwargs)": reads("filename_or_obj", gives="xarray.Dataset"),
    "xarray.open_dataarray(filename_or_obj, *args, **kwargs)": reads(
        "filename_or_obj", gives="xarray.Dataset"
    ),
    "xarray.open_mfdataset(paths, *args, **kwargs)": reads("paths", gives="xarray.Dataset"),
    "xarray.open_zarr(store, *args, **kwargs)": reads("store", gives="xarray.Dataset"),
    "xarray.load_dataset(filename_or_obj, **kwargs)": reads("filename_or_obj", gives="xarray.Dataset"),
    "xarray.load_dataarray(filename_or_obj, **kwargs)": reads("filename_or_obj", gives="xarray.Dataset"),
    "xarray.Dataset(*args, **kwargs)": returns("xarray.Dataset"),
    "xarray.DataArray(*args, **kwargs)": returns("xarray.Dataset"),
    "xarray.Dataset.to_netcdf(self, path, *args, **kwargs)": opens("path", None),
    "xarray.Dataset.to_zarr(self, store, *args, **kwargs)": opens("store", None),
    "zarr.open(store, *args, mode, **kwargs)": effect(Opens("store", "mode", default="a", urls=True)),
    "zarr.save(store, *args, **kwargs)": opens("store", None),
    "zarr.load(store, *args, **kwargs)": reads("store"),
    "netCDF4.Dataset(filename, mode, **kwargs)": effect(Opens("filename", "mode", urls=True)),
    "numexpr.evaluate(ex, *args, **kwargs)": effect(Formula("ex")),
    "numexpr.validate(ex, *args, **kwargs)": effect(Formula("ex")),
    "numexpr.re_evaluate(*args, **kwargs)": nothing(),
    "dateutil.tz.tzfile(fileobj, *args)": read("fileobj"),
    "dateutil.tz.tzical(fileobj)": read("fileobj"),
    # statistics, graphs and algebra
    "statsmodels.api.load(fname)": effect(
        Files("read", ("fname",), urls=True), Deserializes("pickle", "fname")
    ),
    "statsmodels.iolib.smpickle.load_pickle(fname)": effect(
        Files("read", ("fname",), urls=True), Deserializes("pickle", "fname")
    ),
    "statsmodels.iolib.smpickle.save_pickle(obj, fname)": write("fname"),
    "statsmodels.base.wrapper.ResultsWrapper.load(fname)": effect(
        Files("read", ("fname",), urls=True), Deserializes("pickle", "fname")
    ),
    "statsmodels.iolib.savetxt(fname, *args, **kwargs)": write("fname"),
    "statsmodels.iolib.openfile.get_file_obj(fname, mode, *args, **kwargs)": effect(
        Opens("fname", "mode", urls=True), gives="io.File"
    ),
    "statsmodels.iolib.table.csv2st(csvfile, *args, **kwargs)": read("csvfile"),
    "statsmodels.base.model.LikelihoodModelResults.load(fname)": effect(
        Files("read", ("fname",), urls=True), Deserializes("pickle", "fname")
    ),
    "statsmodels.regression.rolling.RollingRegressionResults.load(fname)": effect(
        Files("read", ("fname",)), Deserializes("pickle", "fname")
    ),
    "statsmodels.datasets.get_rdataset(*args, **kwargs)": downloads(
        "raw.githubusercontent.com", "~/statsmodels_data"
    ),
    "statsmodels.datasets.utils.check_internet(url)": effect(
        Reaches(url="url", default="https://github.com")
    ),
    "statsmodels.datasets.webuse(data, baseurl, *args, **kwargs)": effect(
        Reaches(url="baseurl", default="https://www.stata-press.com"), gives=FRAME
    ),
    "statsmodels.datasets.get_data_home(data_home)": effect(
        Files("create", ("data_home",), "~/statsmodels_data")
    ),
    "statsmodels.datasets.clear_data_home(data_home)": effect(
        Files("delete", ("data_home",), "~/statsmodels_data", recursive=True)
    ),
    "statsmodels.api.webdoc(*args, **kwargs)": effect(Spawns(None, fixed=("browser",))),
    "statsmodels.tsa.x13.x13_arima_analysis(*args, **kwargs)": effect(Spawns(None, fixed=("x13as",))),
    "statsmodels.tsa.x13.x13_arima_select_order(*args, **kwargs)": effect(Spawns(None, fixed=("x13as",))),
    "statsmodels.tsa.x13.run_spec(*args, **kwargs)": effect(Spawns(None, fixed=("x13as",))),
    "statsmodels.tsa.vector_ar.util.parse_lutkepohl_data(path)": read("path"),
    "networkx.read_adjlist(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_edgelist(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_gexf(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_gml(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_graph6(path, **backend_kwargs)": read("path"),
    "networkx.read_graphml(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_leda(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_multiline_adjlist(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_pajek(path, *args, **backend_kwargs)": read("path"),
    "networkx.read_sparse6(path, **backend_kwargs)": read("path"),
    "networkx.read_weighted_edgelist(path, *args, **backend_kwargs)": read("path"),
    "networkx.write_adjlist(G, path, *args, **kwargs)": write("path"),
    "networkx.write_edgelist(G, path, *args, **kwargs)": write("path"),
    "networkx.write_gexf(G, path, *args, **kwargs)": write("path"),
    "networkx.write_gml(G, path, *args, **kwargs)": write("path"),
    "networkx.write_graph6(G, path, *args, **kwargs)": write("path"),
    "networkx.write_graphml(G, path, *args, **kwargs)": write("path"),
    "networkx.write_graphml_xml(G, path, *args, **kwargs)": write("path"),
    "networkx.write_graphml_lxml(G, path, *args, **kwargs)": write("path"),
    "networkx.write_latex(Gbunch, path, **options)": write("path"),
    "networkx.write_multiline_adjlist(G, path, *args, **kwargs)": write("path"),
    "networkx.write_network_text(graph, path, *args, **kwargs)": write("path"),
    "networkx.write_pajek(G, path, *args, **kwargs)": write("path"),
    "networkx.write_sparse6(G, path, *args, **kwargs)": write("path"),
    "networkx.write_weighted_edgelist(G, path, *args, **kwargs)": write("path"),
    "networkx.algorithms.bipartite.read_edgelist(path, *args, **backend_kwargs)": read("path"),
    "networkx.algorithms.bipartite.write_edgelist(G, path, *args, **kwargs)": write("path"),
    "networkx.readwrite.graphml.GraphMLWriterLxml(path, *args, **kwargs)": write("path"),
    "networkx.readwrite.p2g.read_p2g(path, *args, **backend_kwargs)": read("path"),
    "networkx.readwrite.p2g.write_p2g(G, path, *args, **kwargs)": write("path"),
    "networkx.drawing.nx_pydot.read_dot(path, **backend_kwargs)": read("path"),
    "networkx.drawing.nx_agraph.read_dot(path, **backend_kwargs)": read("path"),
    "networkx.drawing.nx_pydot.write_dot(G, path)": write("path"),
    "networkx.drawing.nx_agraph.write_dot(G, path)": write("path"),
    "networkx.drawing.nx_agraph.view_pygraphviz(G, edgelabel, prog, args, suffix, path, *args, **kwargs)": effect(
        Files("write", ("path",)), Spawns(None, fixed=("dot",))
    ),
    "networkx.drawing.nx_pydot.graphviz_layout(*args, **kwargs)": effect(Spawns(None, fixed=("dot",))),
    "networkx.drawing.nx_pydot.pydot_layout(*args, **kwargs)": effect(Spawns(None, fixed=("dot",))),
    "networkx.drawing.nx_agraph.graphviz_layout(*args, **kwargs)": effect(Spawns(None, fixed=("dot",))),
    "networkx.drawing.nx_agraph.pygraphviz_layout(*args, **kwargs)": effect(Spawns(None, fixed=("dot",))),
    "sympy.sympify(a, *args, **kwargs)": effect(Formula("a")),
    "sympy.parse_expr(s, *args, **kwargs)": effect(Formula("s")),
    "sympy.preview(expr, output, viewer, euler, packages, filename, *args, **latex_settings)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("latex",))
    ),
    "sympy.print_gtk(*args, **kwargs)": effect(Spawns(None, fixed=("mathmlviewer",))),
    "sympy.lambdify(*args, **kwargs)": nothing(),
    "sympy.utilities.autowrap.autowrap(*args, **kwargs)": effect(
        Native("extension"), Spawns(None, fixed=("compiler",))
    ),
    "sympy.utilities.autowrap.ufuncify(*args, **kwargs)": effect(
        Native("extension"), Spawns(None, fixed=("compiler",))
    ),
    "sympy.utilities.autowrap.binary_function(*args, **kwargs)": effect(
        Native("extension"), Spawns(None, fixed=("compiler",))
    ),
    "sympy.utilities.codegen.codegen(*args, **kwargs)": effect(Files("write", (), ".")),
    "sympy.test(*args, **kwargs)": effect(Unlisted("runs the tests of the library")),
    "sympy.doctest(*args, **kwargs)": effect(Unlisted("runs the tests of the library")),
}
