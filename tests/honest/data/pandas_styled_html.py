# policy: data_agent
import pandas as pd

scores = pd.read_csv("scores.csv", index_col="student")
scores["mean"] = scores.mean(axis=1).round(1)


def grade(value: float) -> str:
    if value >= 90:
        return "A"
    if value >= 75:
        return "B"
    return "C"


scores["grade"] = scores["mean"].map(grade)
styled = (
    scores.style.format({"mean": "{:.1f}"})
    .background_gradient(subset=["mean"], cmap="Greens")
    .set_caption("Results of the term")
    .highlight_max(subset=["mean"], color="gold")
)
styled.to_html("report/scores.html")
styled.to_excel("report/scores.xlsx", engine="openpyxl")
print(scores["grade"].value_counts().to_dict())
