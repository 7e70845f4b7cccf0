"""Which programs start other programs for their arguments.

A program that is not in the table is taken to start no other in its plain use; whoever allows `ls` or `pip`
allows what they are made for.  In the table stand those that are made to run others, or can be told to.
"""

from __future__ import annotations

import re

from execgate.analysis.shell.starter_programs import (
    awk,
    bash,
    busybox,
    env,
    find,
    flock,
    git,
    loader,
    pip,
    posix_shell,
    python,
    runs_code,
    script,
    sed,
    su,
    tar,
    watch,
    xargs,
)
from execgate.analysis.shell.starters import Starter, commands_of, opaque, subcommands, unless, words, wrapper

_REMOTE = "what it runs on another machine is not judged"
_BUILD = "it runs what the files of a project say"
_CONTAINER = "what it runs in a container is not judged"
_CONSOLE = "its own commands can run programs"
_EDITOR = "an editor can run programs"
_BY_ARGUMENT = "one of its arguments can make it run a program"
_SERVICE = "it runs programs later, or as another user"

_TABLE: dict[str, Starter] = {
    "env": env,
    "nice": wrapper("0123456789", "n", "", "adjustment"),
    "nohup": wrapper(),
    "timeout": wrapper("v", "sk", "foreground preserve-status verbose", "signal kill-after", positionals=1),
    "time": wrapper("apvqh", "fo", "portability verbose append quiet", "format output"),
    "setsid": wrapper("cfw", "", "ctty fork wait"),
    "stdbuf": wrapper("", "ioe", "", "input output error"),
    "ionice": wrapper("t", "cn", "ignore", "class classdata"),
    "chrt": wrapper("abfiormv", "TPD", positionals=1),
    "taskset": wrapper("ac", "", "all-tasks cpu-list", positionals=1),
    "numactl": wrapper("", "CmNip", "", "cpunodebind membind physcpubind interleave preferred"),
    "prlimit": wrapper("", "", "", "as core cpu data fsize memlock nofile nproc rss stack"),
    "setarch": wrapper("RvL3", "", "addr-no-randomize", positionals=1),
    "linux32": wrapper(),
    "linux64": wrapper(),
    "chroot": opaque("what it runs lies in another root folder"),
    "unshare": wrapper(
        "mUnpiuCfrT", "SG", "mount uts ipc net pid user cgroup fork map-root-user map-current-user"
    ),
    "nsenter": opaque("what it runs lies in another root folder"),
    "setpriv": wrapper(
        "", "", "no-new-privs clear-groups", "reuid regid groups inh-caps ambient-caps bounding-set"
    ),
    "sudo": wrapper(
        "bEHnPSk", "ugCpTt", "non-interactive stdin preserve-env set-home", "user group", assigns=True
    ),
    "doas": wrapper("n", "u"),
    "runuser": wrapper("", "u", "", "user"),
    "strace": wrapper("CcdfFhiknqrtTvVwxyzZ", "abeIOpPsSX"),  # `-o` takes a pipe, `-E` sets variables
    "ltrace": wrapper("cCfhiLrStTV", "aAeDlnopsu"),
    "valgrind": wrapper("vq"),
    "fakeroot": wrapper(),
    "faketime": wrapper("m", "", positionals=1),
    "catchsegv": wrapper(),
    "chronic": wrapper("ve"),
    "unbuffer": wrapper("p"),
    "dbus-run-session": wrapper(),
    "tini": wrapper("sgvw", "pe"),
    "dumb-init": wrapper("vc", "r"),
    "xvfb-run": wrapper("a", "efnpsw", "auto-servernum"),
    "proxychains": wrapper("q"),
    "torsocks": wrapper("iq"),
    "busybox": busybox,
    "toybox": busybox,
    "flock": flock,
    "su": su,
    "watch": watch,
    "script": script,
    "xargs": xargs,
    "find": find,
    "git": git,
    "sed": sed,
    "gsed": sed,
    "tar": tar,
    "rsync": commands_of(
        "-e --rsh", refuses=r"--rsync-path|-[A-Za-z]+e|[^/]*:|--rs|.*::|--daemon|--config|-M|--remote"
    ),
    "sort": commands_of("--compress-program"),
    "split": commands_of("--filter"),
    "wget": commands_of("--use-askpass", refuses=r"--config|-[A-Za-z]*e|--exe"),
    "zip": commands_of("-TT --unzip-command", refuses=r"-[A-Za-z]*T"),
    "man": commands_of("-P --pager -H --html --browser", refuses=r"-[A-Za-z]*[PHC]|-l"),
    "install": commands_of("--strip-program"),
    "parallel": opaque("what `parallel` runs is not read"),
    **dict.fromkeys(["awk", "gawk", "mawk", "nawk", "original-awk"], awk),
    **dict.fromkeys(["sh", "dash", "ash"], posix_shell),
    "bash": bash,
    **dict.fromkeys(
        words(
            """
            rbash zsh ksh mksh csh tcsh fish pwsh powershell xonsh nu rc es elvish
            """
        ),
        opaque("what this shell runs is not read"),
    ),
    **dict.fromkeys(
        words(
            """
            perl ruby irb node nodejs deno bun php lua luajit tclsh wish expect Rscript R
            julia octave guile racket sbcl clisp ghci runghc scala java jshell groovy kotlin
            osascript bc dc m4 ipython jupyter pytest coverage gdb lldb perf rlwrap socat ts-
            node tsx mono dotnet wine erl elixir
            """
        ),
        runs_code,
    ),
    **dict.fromkeys(
        words(
            """
            make gmake cmake ctest ninja meson scons bazel buck just rake ant mvn gradle
            gradlew cargo go tox nox invoke fab ansible ansible-playbook npx pnpx bunx pipx
            uvx poetry pdm hatch pipenv rye pixi bundle composer pre-commit direnv nix nix-
            shell guix terraform vagrant snap flatpak run-parts
            """
        ),
        opaque(_BUILD),
    ),
    **dict.fromkeys(
        words(
            """
            vi vim nvim view vimdiff rvim ex ed emacs emacsclient nano pico joe mc
            """
        ),
        opaque(_EDITOR),
    ),
    **dict.fromkeys(
        words(
            """
            ssh scp sftp slogin rsh rlogin mosh autossh sshpass telnet pssh
            """
        ),
        opaque(_REMOTE),
    ),
    **dict.fromkeys(
        words(
            """
            docker podman nerdctl ctr kubectl oc crictl runc lxc lxc-attach singularity
            apptainer buildah machinectl systemd-nspawn bwrap firejail proot docker-compose
            qemu-system-x86_64 virsh
            """
        ),
        opaque(_CONTAINER),
    ),
    **dict.fromkeys(
        words(
            """
            at batch crontab cron anacron systemctl systemd-run service launchctl initctl
            screen tmux start-stop-daemon daemonize supervisord supervisorctl inetd xinetd
            pkexec gosu su-exec sg newgrp login agetty chsh dpkg-reconfigure xdg-open open
            run-mailcap see gnome-terminal xterm konsole insmod modprobe capsh
            """
        ),
        opaque(_SERVICE),
    ),
    **dict.fromkeys(
        words(
            """
            sqlite3 psql mysql mariadb duckdb mongo mongosh redis-cli ftp lftp gnuplot mail mailx mlr fzf entr
            gh nodemon cpulimit rustc javac msfconsole
            """
        ),
        opaque(_CONSOLE),
    ),
    "nc": unless(r"-[A-Za-z0-9]*[ec]|--exec|--sh-exec|--lua-exec", _BY_ARGUMENT),
    "npm": subcommands(
        "install i add ci ls list view outdated root uninstall remove --version -v",
        refuses=r"--script-shell|--node-options|--prefix|--(?:global|user)config|-C",
    ),
    "uv": subcommands(
        "pip add remove lock tree export venv version cache --version",
        refuses=r"--config|--directory|--project|--python|-p",
    ),
    "pip": pip,
    "cpio": commands_of("--rsh-command", refuses=r"[^/]*:"),
    "tcpdump": commands_of("-z", refuses=r"-[A-Za-z]+z"),
    "rg": commands_of("--pre", refuses=r"--host|-[A-Za-z]*z"),
    "pandoc": commands_of("--filter -F --pdf-engine", refuses=r"--lua|-L|--def|-d|-[A-Za-z]+F"),
    "fd": unless(r"-[A-Za-z]*[xX]|--exec", _BY_ARGUMENT),
    "bat": unless(r"--pager|--diff", _BY_ARGUMENT),
    "ack": unless(r"--pager", _BY_ARGUMENT),
    "gcc": unless(r"-wrapper|-fplugin|-B|@|-?-specs|-f.*ld|-Wl,.*plugin|-no-canonical", _BY_ARGUMENT),
    "pdflatex": unless(r"-+(?:shell|enable)|.*\\write|.*\|", _BY_ARGUMENT),
    "convert": unless(r"\||.*:.*\||(?i:msl|mvg|ephemeral|url|https?):", _BY_ARGUMENT),
    "sox": unless(r"\|", _BY_ARGUMENT),
    "nmap": unless(r"--scr|--int|-s[A-Z]*C|-A|--datadir", _BY_ARGUMENT),
    "openssl": unless(r"-engine|-provider|-config", _BY_ARGUMENT),
    "ip": unless(r"netns|vrf|exec|-b|-n", _BY_ARGUMENT),
    "rpm": unless(r"-E|--ev|--pipe|.*%|-D|--def|--macros|--load|--rc", _BY_ARGUMENT),
    "ssh-keygen": unless(r"-[A-Za-z]*[Dw]", _BY_ARGUMENT),
    "apt-get": unless(r"-[A-Za-z]*[oc]|--opt|--conf", _BY_ARGUMENT),
}
_TABLE |= {
    **dict.fromkeys(["g++", "cc", "c++", "clang", "clang++", "cpp", "gfortran"], _TABLE["gcc"]),
    **dict.fromkeys(["latex", "tex", "xelatex", "lualatex", "pdftex", "latexmk"], _TABLE["pdflatex"]),
    **dict.fromkeys(["magick", "mogrify", "identify", "composite", "montage"], _TABLE["convert"]),
    "fdfind": _TABLE["fd"],
    "batcat": _TABLE["bat"],
    "ncat": _TABLE["nc"],
    "netcat": _TABLE["nc"],
    "yarn": _TABLE["npm"],
    "pnpm": _TABLE["npm"],
    "apt": _TABLE["apt-get"],
    "aptitude": _TABLE["apt-get"],
    "bsdtar": _TABLE["tar"],
    "gtar": _TABLE["tar"],
}

_PATTERNS: tuple[tuple[re.Pattern[str], Starter], ...] = (
    (re.compile(r"python[0-9.]*[a-z]*|pypy[0-9.]*"), python),
    (re.compile(r"pip[0-9.]+"), _TABLE["pip"]),
    (re.compile(r"(?:perl|ruby|php|lua|node|tclsh|java)[0-9.]+"), runs_code),
    (re.compile(r"(?:ld|ld-linux|ld-musl)[-\w.]*\.so(?:\.[0-9]+)?"), loader),
    (re.compile(r"(?:qemu-[a-z0-9_]+(?:-static)?)"), loader),
)


def starter(program: str) -> Starter | None:
    """Return how to read the arguments of `program`, None for one that starts no other."""
    name = program.rsplit("/", 1)[-1]
    if name in _TABLE:
        return _TABLE[name]
    return next((candidate for pattern, candidate in _PATTERNS if pattern.fullmatch(name)), None)
