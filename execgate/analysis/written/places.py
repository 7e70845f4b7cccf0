"""Files that something runs by itself: at a login, at a start of the machine, at a time, with a tool.

Each line is a language, who runs the file, and the paths: `*` stands for one name, `**` for any folders, `~`
for the home folder of anyone.  `script` is a file whose first line names its interpreter.  `opaque` is a
language that is not analysed: only that something is written there can be said.
"""

from __future__ import annotations

import re
from functools import cache

from execgate.analysis.holes import ANY

_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "shell",
        "a shell that starts",
        """
        ~/.bashrc ~/.bash_profile ~/.bash_login ~/.bash_logout ~/.bash_aliases ~/.profile ~/.zshrc ~/.zshenv
        ~/.zprofile ~/.zlogin ~/.zlogout ~/.kshrc ~/.mkshrc ~/.shrc ~/.ashrc ~/.dashrc ~/.config/zsh/*
        ~/.bashrc.d/* ~/.oh-my-zsh/** /etc/profile /etc/profile.d/* /etc/bash.bashrc /etc/bashrc
        /etc/bash_completion.d/* /etc/zsh/* /etc/zshrc /etc/zshenv /etc/zprofile /etc/zlogin /etc/kshrc
        /etc/mkshrc /etc/skel/.bashrc /etc/skel/.profile /etc/skel/.bash_logout /etc/skel/.zshrc
        """,
    ),
    (
        "shell",
        "whoever logs in",
        """
        /etc/environment ~/.pam_environment ~/.config/environment.d/* ~/.ssh/rc /etc/ssh/sshrc
        ~/.ssh/environment ~/.xinitrc ~/.xsession ~/.xsessionrc ~/.xprofile ~/.xserverrc /etc/xprofile
        /etc/X11/Xsession.d/* /etc/X11/xinit/** /etc/default/*
        """,
    ),
    ("csh", "a shell that starts", "~/.cshrc ~/.tcshrc ~/.login ~/.logout /etc/csh.cshrc /etc/csh.login"),
    ("fish", "a shell that starts", "~/.config/fish/** /etc/fish/**"),
    (
        "script",
        "the machine when it starts or stops",
        "/etc/rc.local /etc/rc.d/** /etc/rc*.d/* /etc/init.d/* /etc/rc.boot/* /etc/network/if-*.d/*",
    ),
    (
        "script",
        "a tool that finds it there",
        """
        /etc/NetworkManager/dispatcher.d/** /etc/dhcp/dhclient-*-hooks.d/* /etc/update-motd.d/*
        /etc/kernel/** /etc/grub.d/* /etc/ppp/ip-up.d/* /etc/ppp/ip-down.d/* /etc/acpi/**
        /lib/systemd/system-sleep/* /usr/lib/systemd/system-sleep/* /etc/systemd/system-shutdown/*
        """,
    ),
    ("script", "git", "**/.git/hooks/* **/.githooks/* **/.husky/* **/.config/git/hooks/*"),
    (
        "script",
        "whoever calls it by its name",
        """
        /bin/* /sbin/* /usr/bin/* /usr/sbin/* /usr/local/bin/* /usr/local/sbin/* /opt/bin/* ~/.local/bin/*
        ~/bin/*
        """,
    ),
    ("script", "cron", "/etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/*"),
    ("system crontab", "cron", "/etc/crontab /etc/cron.d/* /etc/anacrontab"),
    ("crontab", "cron", "/var/spool/cron/** /var/cron/tabs/* /etc/crontabs/*"),
    (
        "unit",
        "systemd",
        """
        /etc/systemd/** /lib/systemd/system/** /usr/lib/systemd/** /usr/local/lib/systemd/** /run/systemd/**
        ~/.config/systemd/** ~/.local/share/systemd/** /usr/share/dbus-1/** ~/.local/share/dbus-1/**
        """,
    ),
    (
        "desktop",
        "the desktop",
        """
        ~/.config/autostart/* /etc/xdg/autostart/* ~/.local/share/applications/** /usr/share/applications/**
        ~/.config/autostart-scripts/*
        """,
    ),
    ("keys", "the SSH server", "~/.ssh/authorized_keys ~/.ssh/authorized_keys2 /etc/ssh/authorized_keys/*"),
    (
        "python",
        "every Python that starts",
        """
        **/sitecustomize.py **/usercustomize.py **/site-packages/**.py **/dist-packages/**.py
        /usr/lib/python*/**.py /usr/local/lib/python*/**.py ~/.pythonrc ~/.pythonrc.py ~/.pythonstartup
        """,
    ),
    ("path file", "every Python that starts", "**/site-packages/*.pth **/dist-packages/*.pth"),
    (
        "python",
        "IPython or Jupyter",
        """
        ~/.ipython/profile_*/startup/*.py ~/.ipython/profile_*/*_config.py ~/.jupyter/*_config.py
        ~/.ipython/extensions/*.py /etc/jupyter/*_config.py /etc/ipython/*_config.py
        """,
    ),
    ("git settings", "git", "~/.gitconfig ~/.config/git/config **/.git/config /etc/gitconfig"),
    ("opaque", "every program that starts", "/etc/ld.so.preload /etc/ld.so.conf /etc/ld.so.conf.d/*"),
    (
        "opaque",
        "the kernel or the service that reads it",
        """
        /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/kernel/hotplug
        /proc/sys/fs/binfmt_misc/* /sys/kernel/uevent_helper /etc/udev/rules.d/* /lib/udev/rules.d/*
        /usr/lib/udev/rules.d/* /etc/modprobe.d/* /etc/inittab /etc/pam.d/* /etc/sudoers /etc/sudoers.d/*
        /etc/apt/apt.conf /etc/apt/apt.conf.d/* /etc/logrotate.conf /etc/logrotate.d/* /etc/binfmt.d/*
        /etc/init/* /etc/inetd.conf /etc/xinetd.d/* ~/.procmailrc ~/.forward ~/.mailcap /etc/mailcap
        ~/.ssh/config /etc/ssh/ssh_config /etc/ssh/sshd_config /etc/ssh/ssh_config.d/*
        /etc/ssh/sshd_config.d/* ~/Library/LaunchAgents/* /Library/LaunchAgents/* /Library/LaunchDaemons/*
        """,
    ),
    (
        "opaque",
        "the editor or terminal that reads it",
        """
        ~/.vimrc ~/.vim/** ~/.config/nvim/** ~/.emacs ~/.emacs.d/** ~/.exrc ~/.nanorc ~/.tmux.conf
        ~/.config/tmux/** ~/.screenrc ~/.gdbinit ~/.lldbinit ~/.Rprofile ~/.irbrc ~/.psqlrc ~/.sqliterc
        ~/.lessfilter ~/.dircolors ~/.config/kitty/** ~/.config/i3/** ~/.config/sway/** ~/.config/hypr/**
        """,
    ),
)

_HOME = rf"(?:/root|/home/[^/]+|~[^/]*|.*{ANY}.*)"
_PIECE = re.compile(r"^~|^\*\*/|/\*\*$|\*\*|\*")


def _expression(path: str) -> str:
    parts = {
        "~": _HOME,
        "**/": "(?:.*/)?",
        "/**": "(?:/.*)?",
        "**": ".*",
        "*": "[^/]*",
    }
    found, position = "", 0
    for match in _PIECE.finditer(path):
        found += re.escape(path[position : match.start()]) + parts[match[0]]
        position = match.end()
    found += re.escape(path[position:])
    if path.endswith("/*"):
        # What goes over the folder goes into it.
        found = found.removesuffix("/[^/]*") + "(?:/[^/]*)?"
    return found


@cache
def _expressions() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple(
        (re.compile("|".join(map(_expression, paths.split())), re.DOTALL), language, runner)
        for language, runner, paths in _TABLE
    )


_OWN = ("/workspace/", "/tmp/", "/data/")  # noqa: S108 - the guest's, not ours
_ANYWHERE = tuple(
    re.findall(r"\*\*/\.?(\w[\w-]+)", " ".join(paths for *_, paths in _TABLE)),
)
"""What stands in the paths that count in every folder."""


def runner_of(path: str) -> tuple[str, str] | None:
    """Return the language of a file that is run by itself, and who runs it; None for any other file.

    `path` is one of `state.located`.
    """
    if path.startswith(_OWN) and ANY not in path and not any(name in path for name in _ANYWHERE):
        return None
    for expression, language, runner in _expressions():
        if expression.fullmatch(path):
            return language, runner
    return None
