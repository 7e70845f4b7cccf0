# policy: data_agent
import networkx as nx
import pandas as pd
import matplotlib.pyplot as plt

edges = pd.read_csv("edges.csv")
graph = nx.from_pandas_edgelist(edges, "source", "target", edge_attr="weight")
graph.remove_edges_from(nx.selfloop_edges(graph))
centrality = nx.betweenness_centrality(graph, weight="weight")
groups = nx.community.greedy_modularity_communities(graph)
path = nx.shortest_path(graph, "A", "F", weight="weight")
print(path, [len(g) for g in groups])

plt.figure(figsize=(8, 8))
layout = nx.spring_layout(graph, seed=3)
nx.draw_networkx(graph, layout, node_size=[2_000 * centrality[n] + 50 for n in graph])
plt.axis("off")
plt.savefig("graph.png")
nx.write_graphml(graph, "graph.graphml")
nx.write_edgelist(graph, "graph.edges")
