"""Libraries that learn from data: scikit-learn, joblib, torch, xgboost and others."""

from __future__ import annotations

from execgate.operations.effects import (
    Calls,
    Deserializes,
    Dynamic,
    Files,
    Native,
    Opens,
    Reaches,
    Spawns,
    Takes,
    Unlisted,
)
from execgate.operations.entry import Table, effect, nothing, read, returns, write
from execgate.operations.shapes import downloads

TABLE: Table = {
    # scikit-learn
    "sklearn.datasets.load_files(container_path, **kwargs)": effect(
        Files("list", ("container_path",), recursive=True), Files("read", ("container_path",), recursive=True)
    ),
    "sklearn.datasets.load_svmlight_file(f, **kwargs)": read("f"),
    "sklearn.datasets.load_svmlight_files(files, **kwargs)": read("files"),
    "sklearn.datasets.dump_svmlight_file(X, y, f, **kwargs)": write("f"),
    "sklearn.datasets.fetch_openml(*args, data_home, **kwargs)": downloads(
        "www.openml.org", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_20newsgroups(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_20newsgroups_vectorized(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_california_housing(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_covtype(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_kddcup99(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_lfw_pairs(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_lfw_people(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_olivetti_faces(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_rcv1(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_species_distributions(*, data_home, **kwargs)": downloads(
        "ndownloader.figshare.com", "~/scikit_learn_data", into="data_home"
    ),
    "sklearn.datasets.fetch_file(url, folder, *args, **kwargs)": effect(
        Reaches(url="url", method="GET"), Files("write", ("folder",), "~/scikit_learn_data")
    ),
    "sklearn.datasets.clear_data_home(data_home)": effect(
        Files("delete", ("data_home",), "~/scikit_learn_data", recursive=True)
    ),
    "sklearn.datasets.get_data_home(data_home)": effect(
        Files("create", ("data_home",), "~/scikit_learn_data")
    ),
    "sklearn.tree.export_graphviz(decision_tree, out_file, **kwargs)": write("out_file"),
    "sklearn.preprocessing.FunctionTransformer(func, inverse_func, **kwargs)": effect(
        Calls("func"), Calls("inverse_func")
    ),
    "sklearn.utils.discovery.all_estimators(*args, **kwargs)": nothing(),
    "sklearn.utils.discovery.all_displays()": nothing(),
    "sklearn.utils.discovery.all_functions()": nothing(),
    "sklearn.show_versions()": nothing(),
    # joblib
    "joblib.Memory(location, *args, **kwargs)": effect(
        Files("create", ("location",)),
        Deserializes("pickle", "location"),
        gives="joblib.Memory",
        keeps=("location",),
    ),
    "joblib.Memory.cache(self, func, *args, **kwargs)": effect(
        Calls("func"), Files("write", ("self.location",), below=True)
    ),
    "joblib.Memory.eval(self, func, *args, **kwargs)": effect(
        Calls("func"), Files("write", ("self.location",), below=True)
    ),
    "joblib.Memory.clear(self, *args, **kwargs)": effect(
        Files("delete", ("self.location",), below=True, recursive=True)
    ),
    "joblib.Memory.reduce_size(self, *args, **kwargs)": effect(
        Files("delete", ("self.location",), below=True, recursive=True)
    ),
    "joblib.memory.MemorizedFunc(func, location, *args, **kwargs)": effect(
        Calls("func"), Files("create", ("location",)), Deserializes("pickle", "location")
    ),
    "joblib.memory.AsyncMemorizedFunc(func, location, *args, **kwargs)": effect(
        Calls("func"), Files("create", ("location",)), Deserializes("pickle", "location")
    ),
    "joblib.memory.MemorizedResult(location, *args, **kwargs)": effect(
        Files("read", ("location",)), Deserializes("pickle", "location")
    ),
    "joblib.Parallel(*args, **backend_kwargs)": effect(Spawns(None, fixed=("python",))),
    "joblib.parallel_backend(*args, **backend_params)": nothing(),
    "joblib.parallel_config(*args, **backend_params)": nothing(),
    "joblib.delayed(*args, **kwargs)": nothing(),
    "joblib.hash(*args, **kwargs)": nothing(),
    "joblib.numpy_pickle.load_temporary_memmap(filename, *args, **kwargs)": effect(
        Files("read", ("filename",)), Deserializes("pickle", "filename")
    ),
    "joblib.compressor.BinaryZlibFile(filename, mode, *args, **kwargs)": effect(
        Opens("filename", "mode", default="rb"), gives="io.File"
    ),
    "joblib.compressor.BinaryGzipFile(filename, mode, *args, **kwargs)": effect(
        Opens("filename", "mode", default="rb"), gives="io.File"
    ),
    "joblib.wrap_non_picklable_objects(*args, **kwargs)": nothing(),
    "joblib.PrintTime(logfile, logdir)": write("logfile"),
    # torch
    "torch.package.PackageImporter(file_or_buffer, *args, **kwargs)": effect(
        Files("read", ("file_or_buffer",)), Deserializes("torch", "file_or_buffer")
    ),
    "torch.package.PackageExporter(f, *args, **kwargs)": write("f"),
    "torch.jit.save(m, f, *args, **kwargs)": write("f"),
    "torch.export.save(ep, f, *args, **kwargs)": write("f"),
    "torch.export.load(f, *args, **kwargs)": effect(Files("read", ("f",)), Deserializes("torch", "f")),
    "torch.onnx.export(model, args, f, *rest, **kwargs)": write("f"),
    "torch.hub.list(github, *args, **kwargs)": effect(
        Reaches(fixed="github.com", scheme="https", method="GET"),
        Files("write", (), "~/.cache/torch"),
        Dynamic("import"),
    ),
    "torch.hub.help(github, *args, **kwargs)": effect(
        Reaches(fixed="github.com", scheme="https", method="GET"),
        Files("write", (), "~/.cache/torch"),
        Dynamic("import"),
    ),
    "torch.hub.load_state_dict_from_url(url, model_dir, *args, weights_only, **kwargs)": effect(
        Reaches(url="url", method="GET"),
        Files("write", ("model_dir",), "~/.cache/torch"),
        Deserializes("torch", unless=("weights_only",)),
    ),
    "torch.hub.download_url_to_file(url, dst, *args, **kwargs)": effect(
        Reaches(url="url", method="GET"), Files("write", ("dst",))
    ),
    "torch.hub.set_dir(d)": nothing(),
    "torch.utils.model_zoo.load_url(url, model_dir, *args, **kwargs)": effect(
        Reaches(url="url", method="GET"),
        Files("write", ("model_dir",), "~/.cache/torch"),
        Deserializes("torch"),
    ),
    "torch.utils.cpp_extension.load(name, sources, *args, **kwargs)": effect(
        Files("read", ("sources",)), Spawns(None, fixed=("compiler",)), Native("extension")
    ),
    "torch.utils.cpp_extension.load_inline(name, sources, *args, **kwargs)": effect(
        Files("read", ("sources",)), Spawns(None, fixed=("compiler",)), Native("extension")
    ),
    "torch.utils.cpp_extension.CppExtension(*args, **kwargs)": effect(
        Spawns(None, fixed=("compiler",)), Native("extension")
    ),
    "torch.utils.cpp_extension.CUDAExtension(*args, **kwargs)": effect(
        Spawns(None, fixed=("compiler",)), Native("extension")
    ),
    "torch.utils.cpp_extension.BuildExtension(*args, **kwargs)": effect(
        Spawns(None, fixed=("compiler",)), Native("extension")
    ),
    "torch.ops.load_library(path)": effect(Files("read", ("path",)), Native("extension")),
    "torch.classes.load_library(path)": effect(Files("read", ("path",)), Native("extension")),
    "torch.from_file(filename, shared, *args, **kwargs)": effect(
        Files("read", ("filename",)), Files("write", ("filename",), when="shared"), Native("mmap")
    ),
    "torch.multiprocessing.spawn(fn, *args, **kwargs)": effect(Calls("fn"), Spawns(None, fixed=("python",))),
    "torch.multiprocessing.start_processes(fn, *args, **kwargs)": effect(
        Calls("fn"), Spawns(None, fixed=("python",))
    ),
    "torch.distributed.init_process_group(backend, init_method, *args, **kwargs)": effect(
        Reaches(url="init_method", default="tcp://localhost")
    ),
    "torch.distributed.rpc.*(*args, **kwargs)": effect(Unlisted("it runs code on other machines")),
    "torch.utils.data.DataLoader(dataset, *args, num_workers, worker_init_fn, collate_fn, **kwargs)": effect(
        Calls("worker_init_fn"), Calls("collate_fn")
    ),
    "torch.utils.tensorboard.SummaryWriter(log_dir, *args, **kwargs)": effect(
        Files("create", ("log_dir",), "runs")
    ),
    "torch.profiler.tensorboard_trace_handler(dir_name, *args, **kwargs)": write("dir_name"),
    "torch.cuda.get_device_name(*args, **kwargs)": nothing(),
    "torch.cuda.get_device_properties(*args, **kwargs)": nothing(),
    "torch.cuda.device_count(*args, **kwargs)": nothing(),
    "torch.cuda.is_available(*args, **kwargs)": nothing(),
    "torch.cuda.mem_get_info(*args, **kwargs)": nothing(),
    "torchvision.datasets.MNIST(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.FashionMNIST(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.CIFAR10(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.CIFAR100(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.SVHN(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.STL10(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.CelebA(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.VOCDetection(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.Food101(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.Flowers102(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.OxfordIIITPet(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.EMNIST(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.KMNIST(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.QMNIST(root, *args, download, **kwargs)": effect(
        Files("read", ("root",), recursive=True),
        Files("write", ("root",), when="download"),
        Reaches(fixed="ossci-datasets.s3.amazonaws.com", scheme="https", method="GET"),
    ),
    "torchvision.datasets.ImageFolder(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "torchvision.datasets.DatasetFolder(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "torchvision.datasets.ImageNet(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "torchvision.datasets.FakeData(root, *args, **kwargs)": effect(
        Files("list", ("root",), recursive=True), Files("read", ("root",), recursive=True)
    ),
    "torchvision.io.read_image(path, *args, **kwargs)": read("path"),
    "torchvision.io.read_video(path, *args, **kwargs)": read("path"),
    "torchvision.io.read_file(path, *args, **kwargs)": read("path"),
    "torchvision.io.decode_image(path, *args, **kwargs)": read("path"),
    "torchvision.io.write_jpeg(input, filename, *args, **kwargs)": write("filename"),
    "torchvision.io.write_png(input, filename, *args, **kwargs)": write("filename"),
    "torchvision.io.write_video(filename, *args, **kwargs)": write("filename"),
    "torchvision.io.write_file(filename, *args, **kwargs)": write("filename"),
    "torchvision.utils.save_image(tensor, fp, *args, **kwargs)": write("fp"),
    # gradient boosting
    "xgboost.Booster(params, cache, model_file)": effect(
        Files("read", ("model_file",)), gives="xgboost.Booster"
    ),
    "xgboost.XGBClassifier(*args, **kwargs)": returns("xgboost.Booster"),
    "xgboost.XGBRegressor(*args, **kwargs)": returns("xgboost.Booster"),
    "xgboost.XGBRanker(*args, **kwargs)": returns("xgboost.Booster"),
    "xgboost.XGBRFClassifier(*args, **kwargs)": returns("xgboost.Booster"),
    "xgboost.XGBRFRegressor(*args, **kwargs)": returns("xgboost.Booster"),
    "xgboost.train(params, dtrain, *args, **kwargs)": returns("xgboost.Booster"),
    "xgboost.Booster.save_model(self, fname)": write("fname"),
    "xgboost.Booster.load_model(self, fname)": read("fname"),
    "xgboost.Booster.dump_model(self, fout, fmap, *args, **kwargs)": effect(
        Files("write", ("fout",)), Files("read", ("fmap",))
    ),
    "xgboost.DMatrix(data, *args, **kwargs)": effect(Takes("data"), gives="xgboost.DMatrix"),
    "xgboost.DMatrix.save_binary(self, fname, *args, **kwargs)": write("fname"),
    "xgboost.callback.TrainingCheckPoint(directory, *args, **kwargs)": effect(
        Files("write", ("directory",), below=True)
    ),
    "xgboost.plot_tree(*args, **kwargs)": effect(Spawns(None, fixed=("dot",))),
    "xgboost.to_graphviz(*args, **kwargs)": nothing(),
    "lightgbm.Booster(params, train_set, model_file, *args, **kwargs)": effect(
        Files("read", ("model_file",)), gives="lightgbm.Booster"
    ),
    "lightgbm.CVBooster(model_file)": effect(Files("read", ("model_file",)), gives="lightgbm.Booster"),
    "lightgbm.train(*args, **kwargs)": returns("lightgbm.Booster"),
    "lightgbm.Booster.save_model(self, filename, *args, **kwargs)": write("filename"),
    "lightgbm.Dataset(data, *args, **kwargs)": effect(Takes("data"), gives="lightgbm.Dataset"),
    "lightgbm.Dataset.save_binary(self, filename)": write("filename"),
    "catboost.CatBoostClassifier(*args, **kwargs)": effect(
        Files("write", (), "catboost_info"), gives="catboost.CatBoost"
    ),
    "catboost.CatBoostRegressor(*args, **kwargs)": effect(
        Files("write", (), "catboost_info"), gives="catboost.CatBoost"
    ),
    "catboost.CatBoost(*args, **kwargs)": effect(
        Files("write", (), "catboost_info"), gives="catboost.CatBoost"
    ),
    "catboost.CatBoostRanker(*args, **kwargs)": effect(
        Files("write", (), "catboost_info"), gives="catboost.CatBoost"
    ),
    "catboost.CatBoost.save_model(self, fname, *args, **kwargs)": write("fname"),
    "catboost.CatBoost.load_model(self, fname, *args, **kwargs)": read("fname"),
    "catboost.Pool(data, *args, **kwargs)": effect(Takes("data")),
    "onnxruntime.InferenceSession(path_or_bytes, *args, **kwargs)": read("path_or_bytes"),
    "onnx.load(f, *args, **kwargs)": read("f"),
    "onnx.save(proto, f, *args, **kwargs)": write("f"),
    "safetensors.safe_open(filename, *args, **kwargs)": read("filename"),
    "safetensors.torch.load_file(filename, *args, **kwargs)": read("filename"),
    "safetensors.torch.save_file(tensors, filename, *args, **kwargs)": write("filename"),
    "safetensors.numpy.load_file(filename, *args, **kwargs)": read("filename"),
    "safetensors.numpy.save_file(tensor_dict, filename, *args, **kwargs)": write("filename"),
}
