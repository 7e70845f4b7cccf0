"""How far the catalogue goes for libraries of other people.

KNOWN: `scripts/catalogue.py` has walked all that the library offers, as of 2026; what the families do not
list of it only computes.  A name that it keeps to itself (`_private`) stays opaque.
INSIDES: what a library is built of.  It opens, runs and loads by ways that the library's own functions have
been judged for, under names that no program needs; a call of one is a gap.
"""

from __future__ import annotations

KNOWN: frozenset[str] = frozenset(
    """
    bs4 cv2 dateutil dotenv h5py imageio joblib lightgbm matplotlib mpl_toolkits networkx numpy openpyxl
    pandas PIL plotly polars psutil pytz scipy seaborn skimage sklearn statsmodels tabulate tqdm xgboost
    xlsxwriter yaml
    """.split()
)

_INSIDES: dict[str, str] = {
    "bs4": "bs4.diagnose",
    "cv2": "cv2.bootstrap cv2.load_config_py2 cv2.load_config_py3",
    "dateutil": "dateutil.zoneinfo.rebuild",
    "dotenv": "dotenv.cli dotenv.ipython dotenv.main dotenv.parser dotenv.variables",
    "h5py": "h5py.h5f h5py.h5l h5py.h5fd h5py.h5pl h5py.ipy_completer",
    "imageio": "imageio.config imageio.core imageio.plugins",
    "joblib": """
        joblib.backports joblib.compressor joblib.disk joblib.executor joblib.externals joblib.func_inspect
        joblib.hashing joblib.logger joblib.memory joblib.numpy_pickle joblib.numpy_pickle_compat
        joblib.numpy_pickle_utils joblib.pool
    """,
    "lightgbm": "lightgbm.libpath",
    "matplotlib": """
        matplotlib.backends.backend_cairo matplotlib.backends.backend_pgf matplotlib.backends.backend_ps
        matplotlib.backends.backend_svg matplotlib.backends.backend_template
        matplotlib.backends.backend_webagg matplotlib.backends.backend_webagg_core
        matplotlib.backends.registry matplotlib.dviread matplotlib.sphinxext matplotlib.testing
        matplotlib.texmanager
    """,
    "networkx": "networkx.lazy_imports networkx.utils.argmap",
    "numpy": "numpy.lib.format numpy.lib.user_array numpy.ma.mrecords",
    "openpyxl": "openpyxl.packaging openpyxl.pivot openpyxl.reader openpyxl.writer openpyxl.xml",
    "pandas": """
        pandas.compat pandas.core.computation pandas.core.interchange pandas.io.clipboard
        pandas.io.clipboards pandas.io.common pandas.io.excel pandas.io.feather_format pandas.io.formats
        pandas.io.html pandas.io.iceberg pandas.io.json pandas.io.orc pandas.io.parquet pandas.io.parsers
        pandas.io.pickle pandas.io.pytables pandas.io.sas pandas.io.spss pandas.io.sql pandas.io.stata
        pandas.io.xml
    """,
    "PIL": "PIL.PSDraw PIL.PdfParser PIL.TarIO",
    "plotly": """
        plotly.matplotlylib plotly.validator_cache plotly.io.orca plotly.io.kaleido plotly.io.sg_scraper
    """,
    "polars": """
        polars.dataframe polars.io polars.lazyframe polars.plugins polars.series polars.expr polars.config
        polars.datatypes.convert polars.interchange
    """,
    "seaborn": "seaborn.external",
    "skimage": "skimage.io.util skimage.io.manage_plugins",
    "sklearn": "sklearn.externals sklearn.utils.estimator_checks sklearn.utils.fixes",
    "statsmodels": """
        statsmodels.iolib.openfile statsmodels.tools.web statsmodels.tools.print_version
    """,
    "tqdm": """
        tqdm.cli tqdm.main tqdm.contrib.bells tqdm.contrib.discord tqdm.contrib.slack tqdm.contrib.telegram
    """,
    "xgboost": "xgboost.RabitTracker xgboost.collective xgboost.federated xgboost.libpath xgboost.tracker",
    "yaml": "yaml.constructor yaml.cyaml yaml.reader",
}

INSIDES: dict[str, str] = {
    name: f"it is the inside of `{library}`" for library, names in _INSIDES.items() for name in names.split()
}
