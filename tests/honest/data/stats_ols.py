# policy: data_agent
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

df = pd.read_csv("wages.csv")
model = smf.ols("wage ~ education + experience + C(sector)", data=df).fit(cov_type="HC3")
print(model.summary())
X = sm.add_constant(df[["education", "experience"]])
logit = sm.Logit((df["wage"] > df["wage"].median()).astype(int), X).fit(disp=0)
effects = logit.get_margeff()
with open("ols.txt", "w") as f:
    f.write(model.summary().as_text())
    f.write("\n\n")
    f.write(str(effects.summary()))
model.params.to_frame("coef").join(model.pvalues.to_frame("p")).to_csv("coefficients.csv")
