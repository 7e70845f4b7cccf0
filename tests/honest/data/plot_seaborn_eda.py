# policy: data_agent
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

sns.set_theme(style="ticks", palette="deep")
df = pd.read_csv("penguins.csv").dropna()

ax = sns.scatterplot(data=df, x="bill_length", y="bill_depth", hue="species")
ax.set_title("Bills")
ax.get_figure().savefig("bills.png")
plt.clf()

grid = sns.pairplot(df, hue="species", corner=True)
grid.savefig("pairs.png")

corr = df.select_dtypes("number").corr()
plt.figure(figsize=(6, 5))
sns.heatmap(corr, annot=True, cmap="vlag", center=0)
plt.title("Correlation")
plt.savefig("correlation.png")
plt.close("all")

g = sns.catplot(data=df, x="species", y="body_mass", kind="box", col="sex")
g.set_axis_labels("", "Body mass (g)")
g.figure.savefig("mass.svg")
sns.lmplot(data=df, x="flipper", y="body_mass").savefig("lm.png")
