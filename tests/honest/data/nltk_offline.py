# policy: data_agent
import re
from collections import Counter
from nltk.stem import PorterStemmer
from nltk.tokenize import RegexpTokenizer
from nltk.util import ngrams
from nltk.probability import FreqDist

tokenizer = RegexpTokenizer(r"\w+")
stemmer = PorterStemmer()
with open("speech.txt") as f:
    tokens = [t.lower() for t in tokenizer.tokenize(f.read())]
stems = [stemmer.stem(t) for t in tokens]
bigrams = Counter(ngrams(stems, 2))
dist = FreqDist(stems)
print(dist.most_common(10))
with open("bigrams.tsv", "w") as out:
    for (a, b), n in bigrams.most_common(100):
        out.write(f"{a}\t{b}\t{n}\n")
print(re.sub(r"\s+", " ", " ".join(tokens[:20])))
