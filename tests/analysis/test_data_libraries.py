"""What libraries for data do with texts of their own, and what the names of their functions tell."""

from __future__ import annotations

import pytest

FRAME = "import pandas as pd\ndf = pd.DataFrame()\n"

ANIMATION = """
import matplotlib.animation as m
import matplotlib.pyplot as plt
f = plt.figure()
a = m.FuncAnimation(f, print, frames=3)
"""

FORMULAS = [
    (FRAME + "df.query('price > 3 and name.str.contains(\"x\")')", []),
    (FRAME + "limit = 3\ndf.query('price > @limit')", []),
    (FRAME + "df.eval('c = a + b\\nd = sqrt(c)')", []),
    (FRAME + "for name in df:\n    df.query(f\"region == '{name}'\")", []),
    (FRAME + "import os\ndf.query('@os.system(\"true\")')", ["shell true"]),
    (FRAME + "import os\ndf.eval('c = @os.remove(\"a\")')", ["delete a"]),
    (FRAME + "df.query(input())", ["dynamic eval"]),
    (FRAME + "x = input()\ndf.query('@pd.io.' + x)", ["dynamic eval"]),
    ("import sympy\nsympy.sympify('x**2 + sin(x)')", []),
    ("import sympy\nsympy.sympify(\"open('a').read()\")", ["read a"]),
]

NAMES = [
    ("import matplotlib.pyplot as plt\nplt.style.use('ggplot')", []),
    ("import matplotlib.pyplot as plt\nplt.style.use('./my.mplstyle')", ["read ./my.mplstyle"]),
    (
        "import matplotlib.pyplot as plt\nplt.style.use('https://e.example/x.mplstyle')",
        ["GET https//e.example"],
    ),
    ("from transformers import AutoModel\nAutoModel.from_pretrained('./model')", ["read ./model"]),
    (
        "from transformers import AutoModel\nAutoModel.from_pretrained('org/model')",
        ["GET https//huggingface.co", "write ~/.cache/huggingface"],
    ),
    ("import cv2\ncv2.VideoCapture(0)", ["system_access hardware"]),
    ("import cv2\ncv2.VideoCapture('a.mp4')", ["read a.mp4"]),
    ("import xgboost as xgb\nimport pandas as pd\nxgb.DMatrix(pd.read_csv('a.csv'))", ["read a.csv"]),
    ("import xgboost as xgb\nxgb.DMatrix('train.svm')", ["read train.svm"]),
]

TOLD = [
    ("import modin.pandas as mpd\nmpd.read_csv('a.csv')", ["read a.csv"]),
    ("import statsmodels.api as sm\nsm.OLS(1, 2).fit().save('fit.pkl')", ["write fit.pkl"]),
    ("import shop\nshop.Order().save('draft')", []),
    (ANIMATION + "a.save('a.gif', writer='pillow')", ["write a.gif"]),
    (ANIMATION + "a.save('a.gif', m.PillowWriter(fps=2))", ["write a.gif"]),
    (ANIMATION + "w = m.PillowWriter()\nwith w.saving(f, 'a.gif', 9): w.grab_frame()", ["write a.gif"]),
    (ANIMATION + "a.to_jshtml()", ["create /tmp/*"]),
    (ANIMATION + "a.save('a.gif')", ["write a.gif", "spawn ffmpeg"]),
    (ANIMATION + "a.save('a.gif', writer=input())", ["write a.gif", "spawn ffmpeg"]),
    (ANIMATION + "a.save('a.gif', writer=m.FFMpegWriter())", ["write a.gif", "spawn ffmpeg"]),
    ("import seaborn as sns\nsns.lineplot([1]).get_figure().savefig('a.png')", ["write a.png"]),
    ("from PIL import Image\nImage.open('a').rotate(3).point(abs).save('b')", ["read a", "write b"]),
    (FRAME + "df.groupby('a').agg('sum').to_csv('out.csv')", ["write out.csv"]),
    (FRAME + "df['a'].str.upper().to_csv('out.csv')", ["write out.csv"]),
    ("import pandas as pd\npd.core.frame.get_handle('a', 'w')", ["write a"]),
]


def _effects(operations: list[str]) -> list[str]:
    return sorted(operation for operation in operations if not operation.startswith("import "))


@pytest.mark.parametrize(("code", "expected"), FORMULAS)
def test_a_formula_is_followed_where_it_leaves_its_own_language(does, code: str, expected: list[str]) -> None:
    assert _effects(does(code)) == sorted(expected)


@pytest.mark.parametrize(("code", "expected"), NAMES)
def test_a_name_is_told_from_a_path(does, code: str, expected: list[str]) -> None:
    assert [o for o in _effects(does(code)) if not o.startswith("opaque_call")] == sorted(expected)


@pytest.mark.parametrize(("code", "expected"), TOLD)
def test_the_name_of_a_method_tells_where_its_library_does_not(does, code: str, expected: list[str]) -> None:
    assert [o for o in _effects(does(code)) if not o.startswith("opaque_call")] == sorted(expected)


def test_the_inside_of_a_library_is_a_gap(does) -> None:
    assert [
        o.partition(":")[0] for o in does("import pandas as pd\npd.io.common.urlopen('http://e.example')")
    ] == ["gap"]


def test_a_value_out_of_a_table_is_no_open_file(does) -> None:
    """A scalar that stands in a table can be any path."""
    code = "import pandas as pd\nopen(pd.Series(['/etc/passwd']).agg('max'))"
    assert [o for o in does(code) if o.startswith("read")] != []
