# policy: data_agent
import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import load_iris, make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import scale

iris = load_iris(as_frame=True)
X = scale(iris.data)
points = PCA(n_components=2, random_state=0).fit_transform(X)

scores = {}
for k in range(2, 8):
    labels = KMeans(n_clusters=k, n_init="auto", random_state=0).fit_predict(X)
    scores[k] = silhouette_score(X, labels)
best = max(scores, key=scores.get)
labels = KMeans(n_clusters=best, n_init="auto", random_state=0).fit_predict(X)

fig, ax = plt.subplots()
ax.scatter(*points.T, c=labels, cmap="tab10", s=15)
ax.set_title(f"k = {best}")
fig.savefig("clusters.png")

blobs, _ = make_blobs(n_samples=500, centers=4, random_state=1)
found = DBSCAN(eps=0.9).fit(blobs).labels_
np.savetxt("blobs.csv", np.column_stack([blobs, found]), delimiter=",", header="x,y,label")
