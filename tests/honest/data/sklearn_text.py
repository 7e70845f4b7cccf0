# policy: data_agent
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

reviews = pd.read_csv("reviews.tsv", sep="\t", names=["label", "text"])
reviews["text"] = reviews["text"].str.lower().str.replace(r"[^a-z ]", " ", regex=True)

pipeline = make_pipeline(
    TfidfVectorizer(ngram_range=(1, 2), min_df=3, stop_words="english"),
    LogisticRegression(max_iter=500),
)
scores = cross_val_score(pipeline, reviews["text"], reviews["label"], cv=5)
print(f"{scores.mean():.3f} +/- {scores.std():.3f}")

pipeline.fit(reviews["text"], reviews["label"])
words = pipeline[0].get_feature_names_out()
weights = pipeline[-1].coef_[0]
ranked = sorted(zip(weights, words), reverse=True)
with open("words.txt", "w") as out:
    for weight, word in ranked[:25] + ranked[-25:]:
        out.write(f"{word}\t{weight:.4f}\n")
print(pipeline.predict(["a wonderful little film"]))
