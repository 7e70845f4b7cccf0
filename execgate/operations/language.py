# ruff: noqa: E501 - a signature stands on one line; a temporary folder is what is named
"""Libraries that work with language: transformers, datasets, spacy, nltk, gensim."""

from __future__ import annotations

from execgate.operations.effects import Calls, Deserializes, Dynamic, Fetches, Files, Installs, Reaches
from execgate.operations.entry import Table, effect, nothing, read, returns, write
from execgate.operations.shapes import opens, reads

HUB = "huggingface.co"
CACHE = "~/.cache/huggingface"

TABLE: Table = {
    # transformers and what goes with it
    "transformers.pipeline(task, model, *args, trust_remote_code, **kwargs)": effect(
        Fetches("model", HUB, CACHE), Dynamic("import", when="trust_remote_code")
    ),
    "transformers.PreTrainedModel.from_pretrained(pretrained_model_name_or_path, *args, trust_remote_code, **kwargs)": effect(
        Fetches("pretrained_model_name_or_path", HUB, CACHE),
        Dynamic("import", when="trust_remote_code"),
        gives="transformers.PreTrainedModel",
    ),
    "transformers.PreTrainedModel.save_pretrained(self, save_directory, *args, **kwargs)": write(
        "save_directory"
    ),
    "transformers.PreTrainedModel.push_to_hub(self, repo_id, *args, **kwargs)": effect(
        Reaches(fixed="huggingface.co", scheme="https", method="POST")
    ),
    "transformers.TrainingArguments(output_dir, *args, **kwargs)": returns(
        "transformers.TrainingArguments", "output_dir"
    ),
    "transformers.TrainingArguments.to_dict(self)": nothing(),
    "transformers.Trainer(model, args, *rest, **kwargs)": effect(
        Files("write", ("args.output_dir",)), gives="transformers.Trainer"
    ),
    "transformers.Trainer.train(self, *args, **kwargs)": nothing(),
    "transformers.Trainer.evaluate(self, *args, **kwargs)": nothing(),
    "transformers.Trainer.predict(self, *args, **kwargs)": nothing(),
    "transformers.Trainer.save_model(self, output_dir, *args, **kwargs)": write("output_dir"),
    "datasets.load_dataset(path, name, data_dir, data_files, *args, trust_remote_code, **kwargs)": effect(
        Fetches("path", HUB, CACHE),
        Files("read", ("data_dir",)),
        Files("read", ("data_files",), urls=True),
        Dynamic("import", when="trust_remote_code"),
        gives="datasets.Dataset",
    ),
    "datasets.load_dataset_builder(path, name, data_dir, data_files, *args, trust_remote_code, **kwargs)": effect(
        Fetches("path", HUB, CACHE),
        Files("read", ("data_dir",)),
        Files("read", ("data_files",), urls=True),
        Dynamic("import", when="trust_remote_code"),
        gives="datasets.Dataset",
    ),
    "datasets.load_from_disk(dataset_path, *args, **kwargs)": reads("dataset_path", gives="datasets.Dataset"),
    "datasets.Dataset.from_dict(*args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.from_pandas(*args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.from_list(*args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.from_generator(*args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.from_csv(path_or_paths, *args, **kwargs)": reads(
        "path_or_paths", gives="datasets.Dataset"
    ),
    "datasets.Dataset.from_json(path_or_paths, *args, **kwargs)": reads(
        "path_or_paths", gives="datasets.Dataset"
    ),
    "datasets.Dataset.from_parquet(path_or_paths, *args, **kwargs)": reads(
        "path_or_paths", gives="datasets.Dataset"
    ),
    "datasets.Dataset.from_text(path_or_paths, *args, **kwargs)": reads(
        "path_or_paths", gives="datasets.Dataset"
    ),
    "datasets.Dataset.save_to_disk(self, dataset_path, *args, **kwargs)": opens("dataset_path", None),
    "datasets.Dataset.to_csv(self, path_or_buf, *args, **kwargs)": opens("path_or_buf", None),
    "datasets.Dataset.to_json(self, path_or_buf, *args, **kwargs)": opens("path_or_buf", None),
    "datasets.Dataset.to_parquet(self, path_or_buf, *args, **kwargs)": opens("path_or_buf", None),
    "datasets.Dataset.push_to_hub(self, *args, **kwargs)": effect(
        Reaches(fixed="huggingface.co", scheme="https", method="POST")
    ),
    "datasets.Dataset.map(self, function, *args, **kwargs)": effect(
        Calls("function"), gives="datasets.Dataset"
    ),
    "datasets.Dataset.filter(self, function, *args, **kwargs)": effect(
        Calls("function"), gives="datasets.Dataset"
    ),
    "datasets.Dataset.select(self, *args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.shuffle(self, *args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.sort(self, *args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.rename_column(self, *args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.remove_columns(self, *args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.cast(self, *args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.with_format(self, *args, **kwargs)": returns("datasets.Dataset"),
    "datasets.Dataset.train_test_split(self, *args, **kwargs)": returns("datasets.Dataset"),
    "sentence_transformers.SentenceTransformer(model_name_or_path, *args, trust_remote_code, **kwargs)": effect(
        Fetches("model_name_or_path", HUB, CACHE),
        Dynamic("import", when="trust_remote_code"),
        gives="sentence_transformers.SentenceTransformer",
    ),
    "sentence_transformers.SentenceTransformer.encode(self, *args, **kwargs)": nothing(),
    "sentence_transformers.SentenceTransformer.save(self, path, *args, **kwargs)": write("path"),
    "spacy.load(name, *args, **kwargs)": effect(Fetches("name")),
    "spacy.cli.download.download(model, *args, **kwargs)": effect(Installs("model")),
    "spacy.Language.to_disk(self, path, *args, **kwargs)": write("path"),
    "spacy.Language.from_disk(self, path, *args, **kwargs)": read("path"),
    "spacy.blank(name, *args, **kwargs)": returns("spacy.Language"),
    "nltk.download_shell()": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET"),
        Files("write", (), "~/nltk_data"),
    ),
    "nltk.download_gui()": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET"),
        Files("write", (), "~/nltk_data"),
    ),
    "nltk.downloader.Downloader.download(self, *args, **kwargs)": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET"),
        Files("write", (), "~/nltk_data"),
    ),
    "nltk.downloader.Downloader(*args, **kwargs)": returns("nltk.downloader.Downloader"),
    "nltk.data.load(resource_url, *args, **kwargs)": effect(
        Files("read", ("resource_url",), urls=True), Deserializes("pickle", "resource_url")
    ),
    "nltk.data.retrieve(resource_url, filename, *args, **kwargs)": effect(
        Files("read", ("resource_url",), urls=True), Files("write", ("filename",))
    ),
    "nltk.data.find(resource_name, *args, **kwargs)": effect(Files("stat", (), "~/nltk_data")),
    "nltk.data.OpenOnDemandZipFile(filename, *args, **kwargs)": read("filename"),
    "nltk.data.gzip_open_unicode(filename, *args, **kwargs)": read("filename"),
    "nltk.corpus.PlaintextCorpusReader(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "nltk.corpus.CategorizedPlaintextCorpusReader(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "nltk.corpus.TaggedCorpusReader(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "nltk.corpus.BracketParseCorpusReader(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "nltk.corpus.WordListCorpusReader(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "nltk.corpus.XMLCorpusReader(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "nltk.sem.util.read_sents(filename, *args, **kwargs)": read("filename"),
    "gensim.models.Word2Vec(sentences, corpus_file, *args, **kwargs)": effect(
        Files("read", ("corpus_file",)), gives="gensim.models.Word2Vec"
    ),
    "gensim.models.Word2Vec.load(fname, *args, **kwargs)": effect(
        Files("read", ("fname",)), Deserializes("pickle", "fname"), gives="gensim.models.Word2Vec"
    ),
    "gensim.models.Word2Vec.save(self, fname, *args, **kwargs)": write("fname"),
    "gensim.models.KeyedVectors.load_word2vec_format(fname, *args, **kwargs)": reads("fname"),
    "gensim.models.KeyedVectors.load(fname, *args, **kwargs)": effect(
        Files("read", ("fname",)), Deserializes("pickle", "fname")
    ),
    "gensim.downloader.load(name, *args, **kwargs)": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET"),
        Files("write", (), "~/gensim-data"),
        Dynamic("import"),
    ),
    "gensim.corpora.Dictionary.load(fname, *args, **kwargs)": effect(
        Files("read", ("fname",)), Deserializes("pickle", "fname")
    ),
}
