# policy: data_agent
import pandas as pd
import matplotlib.pyplot as plt
import seaborn as sns

survey = pd.read_spss("survey.sav")
answers = [c for c in survey.columns if c.startswith("q")]
long = survey.melt(id_vars=["age_group"], value_vars=answers, var_name="question", value_name="answer")
table = pd.crosstab([long["question"], long["age_group"]], long["answer"], normalize="index").round(3)
table.to_excel("survey.xlsx", sheet_name="answers")
for question, part in long.groupby("question"):
    ax = sns.countplot(data=part, x="answer", hue="age_group")
    ax.set_title(question)
    plt.tight_layout()
    plt.savefig("survey_by_age.png")
    plt.clf()
