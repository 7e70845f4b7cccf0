# ruff: noqa: E501 - a signature stands on one line
"""Installing packages from inside a program."""

from __future__ import annotations

from execgate.operations.effects import Files, Imports, Installs, Reaches, Spawns, Unlisted
from execgate.operations.entry import Table, effect, nothing, returns

PIP = effect(Installs("args"), Spawns(None, fixed=("pip",)))

TABLE: Table = {
    "pip.main(args)": PIP,
    "pip._internal.main(args)": PIP,
    "pip._internal.cli.main.main(args)": PIP,
    "pip._internal.main.main(args)": PIP,
    "pip.__main__._main(args)": PIP,
    "ensurepip.bootstrap(*, root, upgrade, user, altinstall, default_pip, verbosity)": effect(
        Spawns(None, fixed=("python", "-m", "ensurepip"))
    ),
    "ensurepip.version()": nothing(),
    "venv.create(env_dir, system_site_packages, clear, symlinks, with_pip, prompt, upgrade_deps, *, scm_ignore_files)": effect(
        Files("create", ("env_dir",), recursive=True), Spawns(None, fixed=("python", "-m", "ensurepip"))
    ),
    "venv.EnvBuilder(system_site_packages, clear, symlinks, upgrade, with_pip, prompt, upgrade_deps, *, scm_ignore_files)": returns(
        "venv.EnvBuilder"
    ),
    "venv.EnvBuilder.*(self, *args)": effect(Unlisted("a step of making an environment")),
    "venv.EnvBuilder.create(self, env_dir)": effect(
        Files("create", ("env_dir",), recursive=True), Spawns(None, fixed=("python", "-m", "ensurepip"))
    ),
    "venv.main(args)": effect(Unlisted("does what its command line says")),
    "virtualenv.cli_run(args, options, setup_logging, env)": effect(
        Spawns(None, fixed=("virtualenv",)), Files("create", ("args",))
    ),
    "setuptools.command.easy_install.main(argv)": effect(Installs("argv")),
    "setuptools.setup(**attrs)": effect(Unlisted("does what its command line says")),
    "pkg_resources.require(*requirements)": effect(Imports("requirements")),
    "conda.cli.python_api.run_command(command, *arguments, **kwargs)": effect(
        Spawns(None, fixed=("conda",)), Installs("arguments")
    ),
    "nltk.download(info_or_id, download_dir, quiet, force)": effect(
        Reaches(fixed="raw.githubusercontent.com", scheme="https", method="GET"),
        Files("write", ("download_dir",), "~/nltk_data"),
    ),
    "spacy.cli.download(model, direct, sdist, *pip_args)": effect(
        Installs("model"),
        Reaches(fixed="github.com", scheme="https", method="GET"),
        Spawns(None, fixed=("pip",)),
    ),
}
