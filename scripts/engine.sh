#!/bin/sh
# Make sure that a Docker engine answers: install and start one where that may be done without asking.
# Ends with 0 if an engine answers and 3 if none does.  Says nothing where there is nothing to do.
set -u

LOG=${EXECGATE_ENGINE_LOG:-/var/log/execgate-dockerd.log}
WITHOUT="without an engine, \`execgate analyze\`, \`policy\` and \`receipts\` work all the same"

say() { printf 'engine: %s\n' "$1" >&2; }

give_up() {
    say "$1; $WITHOUT"
    exit 3
}

# The engine itself is asked: its client may not be installed.
answers() {
    host=${DOCKER_HOST:-unix:///var/run/docker.sock}
    case $host in
    unix://*)
        [ -S "${host#unix://}" ] || return 1
        if command -v curl >/dev/null 2>&1; then
            curl -fsS -m 5 --unix-socket "${host#unix://}" http://localhost/_ping >/dev/null 2>&1
        elif command -v docker >/dev/null 2>&1; then
            timeout 10 docker version >/dev/null 2>&1
        else
            python3 - "${host#unix://}" 2>/dev/null <<'PYTHON'
import socket, sys
with socket.socket(socket.AF_UNIX) as engine:
    engine.settimeout(5)
    engine.connect(sys.argv[1])
    engine.sendall(b"GET /_ping HTTP/1.0\r\nHost: localhost\r\n\r\n")
    sys.exit(b" 200 " not in engine.recv(100))
PYTHON
        fi
        ;;
    *) command -v docker >/dev/null 2>&1 && timeout 10 docker version >/dev/null 2>&1 ;;
    esac
}

wait_for_answer() {
    tries=0
    while [ "$tries" -lt "$1" ]; do
        answers && return 0
        # A daemon that has given up will not answer any more.
        [ -z "${2:-}" ] || kill -0 "$2" 2>/dev/null || return 1
        tries=$((tries + 1))
        sleep 0.5
    done
    return 1
}

install_packages() {
    command -v dockerd >/dev/null 2>&1 && return 0
    command -v apt-get >/dev/null 2>&1 ||
        give_up "no Docker engine, and no apt-get to install one with: install Docker, then run this again"
    say "installing docker.io and iptables"
    export DEBIAN_FRONTEND=noninteractive
    # Packages must not start services here: this script does, and waits for them.
    for attempt in 1 2; do
        apt-get -qq -o=Dpkg::Use-Pty=0 install -y --no-install-recommends docker.io iptables >>"$LOG" 2>&1 &&
            return 0
        [ "$attempt" = 2 ] || apt-get -qq update >>"$LOG" 2>&1
    done
    give_up "could not install docker.io (see $LOG): install Docker, then run this again"
}

# A machine that runs systemd has its engine started, and kept, by it.
start_by_systemd() {
    [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1 || return 1
    systemctl start docker >>"$LOG" 2>&1 && wait_for_answer 60
}

# A pid file from before a restart may name a process that is something else by now.
forget_the_dead() {
    pid=$(cat /var/run/docker.pid 2>/dev/null) || return 0
    # One that is dying, or is only just starting, gets ten seconds.
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != dockerd ] ||
            grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status"; then
            rm -f /var/run/docker.pid
            return 0
        fi
        answers && exit 0
        sleep 0.5
    done
    give_up "an engine runs (process $pid) and does not answer: look at its log, or end it"
}

start_in_background() {
    say "starting dockerd (log: $LOG)"
    # First as it is meant to be; then without what a machine in a container may lack.
    for options in "" "--storage-driver=vfs" "--iptables=false" "--iptables=false --storage-driver=vfs" \
        "--iptables=false --bridge=none --storage-driver=vfs"; do
        forget_the_dead
        # shellcheck disable=SC2086 # several options are several words
        setsid nohup dockerd $options >>"$LOG" 2>&1 </dev/null &
        daemon=$!
        if wait_for_answer 60 "$daemon"; then
            [ -z "$options" ] || say "it runs with $options"
            return 0
        fi
        kill "$daemon" 2>/dev/null
        wait "$daemon" 2>/dev/null
    done
    return 1
}

# The second sandbox needs no daemon: it only has to be there, with what maps users for an ordinary user.
install_bubblewrap() {
    command -v bwrap >/dev/null 2>&1 && command -v newuidmap >/dev/null 2>&1 && return 0
    [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 0
    say "installing bubblewrap and uidmap"
    for attempt in 1 2; do
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o=Dpkg::Use-Pty=0 install -y --no-install-recommends bubblewrap uidmap \
            >/dev/null 2>&1 && return 0
        [ "$attempt" = 2 ] || apt-get -qq update >/dev/null 2>&1
    done
    say "could not install bubblewrap and uidmap: install them for the sandbox that needs no engine"
}

install_bubblewrap
answers && exit 0
[ -z "${DOCKER_HOST:-}" ] || give_up "no engine answers at DOCKER_HOST=$DOCKER_HOST: start it, or unset DOCKER_HOST"
[ "$(uname -s)" = Linux ] || give_up "no Docker engine answers: start Docker Desktop"
if [ "$(id -u)" != 0 ]; then
    if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
        give_up "no permission to use the engine: run \`sudo usermod -aG docker $(id -un)\`, then log in again"
    fi
    give_up "no Docker engine answers: run \`sudo $0\` to install and start one"
fi
touch "$LOG" 2>/dev/null || LOG=/tmp/execgate-dockerd.log
install_packages
answers && exit 0
start_by_systemd || start_in_background || give_up "the engine does not start (see $LOG)"
answers || exit 3
