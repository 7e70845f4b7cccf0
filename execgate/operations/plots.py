# ruff: noqa: E501, S108 - a signature stands on one line; a temporary folder is what is named
"""Libraries that draw: matplotlib, seaborn, plotly and others."""

from __future__ import annotations

from execgate.operations.effects import Calls, Fetches, Files, Opens, Reaches, Spawns, Unlisted
from execgate.operations.entry import Table, effect, listing, nothing, read, returns, write, yields
from execgate.operations.shapes import reads

FRAME = "pandas.DataFrame"
FIGURE = "matplotlib.figure.Figure"
ANIMATION = "matplotlib.animation.Animation"
MOVIE = "matplotlib.animation.AbstractMovieWriter"
PILLOW = "matplotlib.animation.PillowWriter"
GRID = "seaborn.axisgrid.Grid"
CHART = "plotly.graph_objects.Figure"

TABLE: Table = {
    # matplotlib
    "matplotlib.pyplot.savefig(fname, *args, **kwargs)": write("fname"),
    "matplotlib.pyplot.imsave(fname, *args, **kwargs)": write("fname"),
    "matplotlib.pyplot.imread(fname, *args, **kwargs)": reads("fname"),
    "matplotlib.pyplot.figure(*args, **kwargs)": returns(FIGURE),
    "matplotlib.pyplot.gcf()": returns(FIGURE),
    "matplotlib.pyplot.subplots(*args, **fig_kw)": yields(FIGURE),
    "matplotlib.pyplot.subplot_mosaic(*args, **fig_kw)": yields(FIGURE),
    "matplotlib.pyplot.rc_context(rc, fname)": read("fname"),
    "matplotlib.pyplot.switch_backend(*args, **kwargs)": nothing(),
    "matplotlib.figure.Figure(*args, **kwargs)": returns(FIGURE),
    "matplotlib.figure.Figure.savefig(self, fname, *args, **kwargs)": write("fname"),
    "matplotlib.backend_bases.FigureCanvasBase.print_figure(self, filename, *args, **kwargs)": write(
        "filename"
    ),
    "matplotlib.image.imread(fname, *args, **kwargs)": reads("fname"),
    "matplotlib.image.imsave(fname, *args, **kwargs)": write("fname"),
    "matplotlib.image.thumbnail(infile, thumbfile, *args, **kwargs)": effect(
        Files("read", ("infile",)), Files("write", ("thumbfile",))
    ),
    "matplotlib.backends.backend_pdf.PdfPages(filename, *args, **kwargs)": effect(
        Files("write", ("filename",)), gives="matplotlib.backends.backend_pdf.PdfPages"
    ),
    "matplotlib.backends.backend_pdf.PdfPages.savefig(self, *args, **kwargs)": nothing(),
    "matplotlib.backends.backend_pgf.PdfPages(filename, **kwargs)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("latex",))
    ),
    "matplotlib.backends.backend_pdf.PdfFile(filename, *args, **kwargs)": write("filename"),
    "matplotlib.animation.FuncAnimation(fig, func, frames, init_func, *args, **kwargs)": effect(
        Calls("func"), Calls("init_func"), gives=ANIMATION
    ),
    "matplotlib.animation.ArtistAnimation(*args, **kwargs)": returns(ANIMATION),
    "matplotlib.animation.TimedAnimation(*args, **kwargs)": returns(ANIMATION),
    "matplotlib.animation.Animation(*args, **kwargs)": returns(ANIMATION),
    "matplotlib.animation.Animation.save(self, filename, writer, *args, **kwargs)": effect(
        Files("write", ("filename",)),
        Spawns(None, fixed=("ffmpeg",), by="writer", alone=("pillow", PILLOW)),
    ),
    "matplotlib.animation.Animation.to_html5_video(self, *args, **kwargs)": effect(
        Files("create", (), "/tmp", below=True), Spawns(None, fixed=("ffmpeg",))
    ),
    "matplotlib.animation.Animation.to_jshtml(self, *args, **kwargs)": effect(
        Files("create", (), "/tmp", below=True)
    ),
    "matplotlib.animation.PillowWriter(*args, **kwargs)": returns(PILLOW),
    f"{PILLOW}.saving(self, fig, outfile, *args, **kwargs)": write("outfile"),
    f"{PILLOW}.setup(self, fig, outfile, *args, **kwargs)": write("outfile"),
    f"{PILLOW}.grab_frame(self, **savefig_kwargs)": nothing(),
    f"{PILLOW}.finish(self)": nothing(),
    "matplotlib.animation.HTMLWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.FFMpegWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.FFMpegFileWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.ImageMagickWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.ImageMagickFileWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.MovieWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.FileMovieWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.AbstractMovieWriter(*args, **kwargs)": returns(MOVIE),
    "matplotlib.animation.AbstractMovieWriter.saving(self, fig, outfile, *args, **kwargs)": effect(
        Files("write", ("outfile",)), Spawns(None, fixed=("ffmpeg",))
    ),
    "matplotlib.animation.AbstractMovieWriter.setup(self, fig, outfile, *args, **kwargs)": effect(
        Files("write", ("outfile",)), Spawns(None, fixed=("ffmpeg",))
    ),
    "matplotlib.animation.AbstractMovieWriter.grab_frame(self, **savefig_kwargs)": nothing(),
    "matplotlib.animation.AbstractMovieWriter.finish(self)": nothing(),
    "matplotlib.style.use(style)": effect(Fetches("style")),
    "matplotlib.style.context(style, *args, **kwargs)": effect(Fetches("style")),
    "matplotlib.rc_context(rc, fname)": reads("fname"),
    "matplotlib.rc_file(fname, **kwargs)": reads("fname"),
    "matplotlib.rc_params_from_file(fname, *args, **kwargs)": reads("fname"),
    "matplotlib.get_cachedir()": effect(Files("create", (), "~/.config/matplotlib")),
    "matplotlib.get_configdir()": effect(Files("create", (), "~/.config/matplotlib")),
    "matplotlib.textpath.TexManager.*(*args, **kwargs)": effect(Spawns(None, fixed=("latex",))),
    "matplotlib.cbook.get_sample_data(*args, **kwargs)": nothing(),
    "matplotlib.cbook.to_filehandle(fname, flag, *args, **kwargs)": effect(
        Opens("fname", "flag"), gives="io.File"
    ),
    "matplotlib.cbook.open_file_cm(path_or_file, mode, *args, **kwargs)": effect(
        Opens("path_or_file", "mode"), gives="io.File"
    ),
    "matplotlib.font_manager.FontProperties(family, style, variant, weight, stretch, size, fname, *args, **kwargs)": effect(
        Files("read", ("fname",)), gives="matplotlib.font_manager.FontProperties"
    ),
    "matplotlib.font_manager.FontProperties.set_file(self, file)": read("file"),
    "matplotlib.font_manager.FontManager.addfont(self, path)": read("path"),
    "matplotlib.font_manager.get_font(font_filepaths, *args, **kwargs)": read("font_filepaths"),
    "matplotlib.font_manager.FontPath(*args, **kwargs)": nothing(),
    "matplotlib.font_manager.is_opentype_cff_font(filename)": read("filename"),
    "matplotlib.font_manager.json_load(filename)": read("filename"),
    "matplotlib.font_manager.json_dump(data, filename)": write("filename"),
    "matplotlib.font_manager.list_fonts(directory, *args, **kwargs)": listing("directory"),
    "matplotlib.font_manager.findfont(prop, fontext, directory, *args, **kwargs)": read("directory"),
    "matplotlib.dviread.Dvi(filename, *args, **kwargs)": read("filename"),
    "matplotlib.dviread.Tfm(filename)": read("filename"),
    "matplotlib.dviread.Vf(filename)": read("filename"),
    "matplotlib.dviread.PsfontsMap(filename)": read("filename"),
    "matplotlib.dviread.find_tex_file(*args, **kwargs)": effect(Spawns(None, fixed=("kpsewhich",))),
    "matplotlib.testing.*(*args, **kwargs)": effect(
        Unlisted("it compares pictures for tests of the library")
    ),
    "matplotlib.test(*args, **kwargs)": effect(Unlisted("runs the tests of the library")),
    "matplotlib.sphinxext.*(*args, **kwargs)": effect(Unlisted("it runs the code in documents")),
    "matplotlib.backend_bases.FigureCanvasBase.print_png(self, filename_or_obj, *args, **kwargs)": write(
        "filename_or_obj"
    ),
    # seaborn
    "seaborn.load_dataset(name, cache, data_home, **kws)": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET"),
        Files("write", ("data_home",), "~/.cache/seaborn"),
        gives=FRAME,
    ),
    "seaborn.get_dataset_names()": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET")
    ),
    "seaborn.dogplot(*_, **__)": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET")
    ),
    "seaborn.get_data_home(data_home)": effect(Files("create", ("data_home",), "~/.cache/seaborn")),
    "seaborn.relplot(*args, **kwargs)": returns(GRID),
    "seaborn.catplot(*args, **kwargs)": returns(GRID),
    "seaborn.displot(*args, **kwargs)": returns(GRID),
    "seaborn.lmplot(*args, **kwargs)": returns(GRID),
    "seaborn.FacetGrid(*args, **kwargs)": returns(GRID),
    "seaborn.pairplot(*args, **kwargs)": returns(GRID),
    "seaborn.PairGrid(*args, **kwargs)": returns(GRID),
    "seaborn.jointplot(*args, **kwargs)": returns(GRID),
    "seaborn.JointGrid(*args, **kwargs)": returns(GRID),
    "seaborn.clustermap(*args, **kwargs)": returns(GRID),
    "seaborn.axisgrid.Grid.savefig(self, fname, *args, **kwargs)": write("fname"),
    "seaborn.objects.Plot(*args, **kwargs)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.save(self, loc, **kwargs)": write("loc"),
    "seaborn.objects.Plot.add(self, *transforms, **variables)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.facet(self, *args, **kwargs)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.pair(self, *args, **kwargs)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.scale(self, **scales)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.share(self, **shares)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.limit(self, **limits)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.label(self, **variables)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.layout(self, **kwargs)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.theme(self, *args, **kwargs)": returns("seaborn.objects.Plot"),
    "seaborn.objects.Plot.on(self, *args, **kwargs)": returns("seaborn.objects.Plot"),
    # plotly
    "plotly.io.write_html(fig, file, *args, **kwargs)": write("file"),
    "plotly.io.write_image(fig, file, *args, **kwargs)": write("file"),
    "plotly.io.write_json(fig, file, *args, **kwargs)": effect(Files("write", ("file",))),
    "plotly.io.write_images(fig, file, *args, **kwargs)": effect(Files("write", ("file",))),
    "plotly.io.read_json(file, *args, **kwargs)": effect(Files("read", ("file",)), gives=CHART),
    "plotly.io.from_json(*args, **kwargs)": returns(CHART),
    "plotly.io.to_image(*args, **kwargs)": effect(Spawns(None, fixed=("chromium",))),
    "plotly.io.show(*args, **kwargs)": effect(Spawns(None, fixed=("browser",))),
    "plotly.io.get_chrome(path)": effect(
        Reaches(fixed="storage.googleapis.com", scheme="https", method="GET"), Files("write", ("path",), ".")
    ),
    "plotly.offline.plot(figure_or_data, validate, output_type, include_plotlyjs, filename, *args, **kwargs)": effect(
        Files("write", ("filename",), "temp-plot.html"), Spawns(None, fixed=("browser",))
    ),
    "plotly.offline.plot_mpl(mpl_fig, resize, strip_style, verbose, validate, output_type, include_plotlyjs, filename, *args, **kwargs)": effect(
        Files("write", ("filename",), "temp-plot.html"), Spawns(None, fixed=("browser",))
    ),
    "plotly.offline.iplot(*args, **kwargs)": nothing(),
    "plotly.offline.iplot_mpl(*args, **kwargs)": nothing(),
    "plotly.graph_objects.Figure(*args, **kwargs)": returns(CHART),
    "plotly.graph_objects.FigureWidget(*args, **kwargs)": returns(CHART),
    "plotly.express.scatter(*args, **kwargs)": returns(CHART),
    "plotly.express.line(*args, **kwargs)": returns(CHART),
    "plotly.express.bar(*args, **kwargs)": returns(CHART),
    "plotly.express.histogram(*args, **kwargs)": returns(CHART),
    "plotly.express.box(*args, **kwargs)": returns(CHART),
    "plotly.express.violin(*args, **kwargs)": returns(CHART),
    "plotly.express.pie(*args, **kwargs)": returns(CHART),
    "plotly.express.area(*args, **kwargs)": returns(CHART),
    "plotly.express.scatter_3d(*args, **kwargs)": returns(CHART),
    "plotly.express.scatter_matrix(*args, **kwargs)": returns(CHART),
    "plotly.express.scatter_map(*args, **kwargs)": returns(CHART),
    "plotly.express.scatter_geo(*args, **kwargs)": returns(CHART),
    "plotly.express.line_3d(*args, **kwargs)": returns(CHART),
    "plotly.express.line_polar(*args, **kwargs)": returns(CHART),
    "plotly.express.line_geo(*args, **kwargs)": returns(CHART),
    "plotly.express.choropleth(*args, **kwargs)": returns(CHART),
    "plotly.express.choropleth_map(*args, **kwargs)": returns(CHART),
    "plotly.express.density_heatmap(*args, **kwargs)": returns(CHART),
    "plotly.express.density_contour(*args, **kwargs)": returns(CHART),
    "plotly.express.density_map(*args, **kwargs)": returns(CHART),
    "plotly.express.sunburst(*args, **kwargs)": returns(CHART),
    "plotly.express.treemap(*args, **kwargs)": returns(CHART),
    "plotly.express.icicle(*args, **kwargs)": returns(CHART),
    "plotly.express.funnel(*args, **kwargs)": returns(CHART),
    "plotly.express.funnel_area(*args, **kwargs)": returns(CHART),
    "plotly.express.imshow(*args, **kwargs)": returns(CHART),
    "plotly.express.strip(*args, **kwargs)": returns(CHART),
    "plotly.express.ecdf(*args, **kwargs)": returns(CHART),
    "plotly.express.timeline(*args, **kwargs)": returns(CHART),
    "plotly.express.parallel_coordinates(*args, **kwargs)": returns(CHART),
    "plotly.express.parallel_categories(*args, **kwargs)": returns(CHART),
    "plotly.express.scatter_polar(*args, **kwargs)": returns(CHART),
    "plotly.express.bar_polar(*args, **kwargs)": returns(CHART),
    "plotly.express.scatter_ternary(*args, **kwargs)": returns(CHART),
    "plotly.express.line_ternary(*args, **kwargs)": returns(CHART),
    "plotly.subplots.make_subplots(*args, **kwargs)": returns(CHART),
    "plotly.figure_factory.create_dendrogram(*args, **kwargs)": returns(CHART),
    "plotly.figure_factory.create_table(*args, **kwargs)": returns(CHART),
    "plotly.figure_factory.create_quiver(*args, **kwargs)": returns(CHART),
    "plotly.figure_factory.create_streamline(*args, **kwargs)": returns(CHART),
    "plotly.figure_factory.create_hexbin_map(*args, **kwargs)": returns(CHART),
    "plotly.figure_factory.create_trisurf(*args, **kwargs)": returns(CHART),
    "plotly.figure_factory.create_ternary_contour(*args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.write_html(self, file, *args, **kwargs)": write("file"),
    "plotly.graph_objects.Figure.write_image(self, file, *args, **kwargs)": write("file"),
    "plotly.graph_objects.Figure.write_json(self, file, *args, **kwargs)": write("file"),
    "plotly.graph_objects.Figure.show(self, *args, **kwargs)": effect(Spawns(None, fixed=("browser",))),
    "plotly.graph_objects.Figure.to_image(self, *args, **kwargs)": effect(Spawns(None, fixed=("chromium",))),
    "plotly.graph_objects.Figure.update_layout(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update_traces(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update_xaxes(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update_yaxes(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_trace(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_traces(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_hline(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_vline(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_hrect(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_vrect(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_shape(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_annotation(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_scatter(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_bar(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.add_layout_image(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.for_each_trace(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update_annotations(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update_coloraxes(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update_polars(self, *args, **kwargs)": returns(CHART),
    "plotly.graph_objects.Figure.update_geos(self, *args, **kwargs)": returns(CHART),
    # other plots
    "folium.Map(*args, **kwargs)": returns("folium.Map"),
    "folium.Map.save(self, outfile, **kwargs)": write("outfile"),
    "folium.Map.show_in_browser(self)": effect(Spawns(None, fixed=("browser",))),
    "bokeh.plotting.output_file(filename, *args, **kwargs)": write("filename"),
    "bokeh.plotting.save(obj, filename, *args, **kwargs)": write("filename"),
    "bokeh.plotting.show(obj, *args, **kwargs)": effect(Spawns(None, fixed=("browser",))),
    "bokeh.io.output_file(filename, *args, **kwargs)": write("filename"),
    "bokeh.io.save(obj, filename, *args, **kwargs)": write("filename"),
    "bokeh.io.show(obj, *args, **kwargs)": effect(Spawns(None, fixed=("browser",))),
    "bokeh.io.export_png(obj, *, filename, **kwargs)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("chromium",))
    ),
    "bokeh.io.export_svg(obj, *, filename, **kwargs)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("chromium",))
    ),
    "altair.Chart(*args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.save(self, fp, *args, **kwargs)": write("fp"),
    "altair.Chart.mark_bar(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.mark_line(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.mark_point(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.mark_circle(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.mark_area(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.mark_rect(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.mark_text(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.encode(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.properties(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.interactive(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.configure_axis(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.transform_filter(self, *args, **kwargs)": returns("altair.Chart"),
    "altair.Chart.facet(self, *args, **kwargs)": returns("altair.Chart"),
    "wordcloud.WordCloud(font_path, *args, **kwargs)": effect(
        Files("read", ("font_path",)), gives="wordcloud.WordCloud"
    ),
    "wordcloud.WordCloud.generate(self, *args, **kwargs)": returns("wordcloud.WordCloud"),
    "wordcloud.WordCloud.generate_from_text(self, *args, **kwargs)": returns("wordcloud.WordCloud"),
    "wordcloud.WordCloud.generate_from_frequencies(self, *args, **kwargs)": returns("wordcloud.WordCloud"),
    "wordcloud.WordCloud.fit_words(self, *args, **kwargs)": returns("wordcloud.WordCloud"),
    "wordcloud.WordCloud.recolor(self, *args, **kwargs)": returns("wordcloud.WordCloud"),
    "wordcloud.WordCloud.to_file(self, filename)": write("filename"),
    "wordcloud.WordCloud.to_image(self)": returns("PIL.Image.Image"),
}

ATTRIBUTES: dict[str, str] = {
    "matplotlib.figure.Figure.canvas": "matplotlib.backend_bases.FigureCanvasBase",
    "matplotlib.font_manager.fontManager": "matplotlib.font_manager.FontManager",
}
