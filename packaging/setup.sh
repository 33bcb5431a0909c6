#!/bin/sh
# Makes the project runnable. Called by the Makefile from the root of the project:
#
#   packaging/setup.sh run             Python environment and system libraries for `make run`
#   packaging/setup.sh test            the same and what the tests need
#   packaging/setup.sh model           a language model on the user's shelf; its path goes to .venv/.model
#   packaging/setup.sh test-models     the two models that the tests run; prints their folder
#
# Where this user may not install system packages, it prints the one command that does, and stops.
set -eu

VENV=.venv
PYTHON=$VENV/bin/python
COMMAND=$VENV/bin/agent-assist
TEST_MODELS="smollm2-135m qwen2.5-coder-1.5b"

# What Qt needs to draw at all, and what its window on X11 needs beyond that.
QT="libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 fonts-dejavu-core"
WINDOW="libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1
  libxkbcommon-x11-0"
KEYRING="dbus gnome-keyring"
# What the tests look through: the browser of the extension, and a display of their own for keys and selections.
BROWSER="chromium chromium-driver"
DISPLAY_TOOLS="xvfb xdotool"

say() {
    printf '%s\n' "agent-assist: $*" >&2
}

fail() {
    say "$*"
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# Debian's time_t transition renamed some libraries; the old names still install the new ones.
installed() {
    for name in "$1" "$1t64"; do
        if [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ]; then
            return 0
        fi
    done
    return 1
}

# Installs Debian packages as root, else prints the command that does. Other systems: says what is wanted.
need_packages() {
    if ! has apt-get || ! has dpkg-query; then
        return 0
    fi
    missing=
    for package in "$@"; do
        installed "$package" || missing="$missing $package"
    done
    if [ -z "$missing" ]; then
        return 0
    fi
    if [ "$(id -u)" -ne 0 ]; then
        fail "system packages are missing. Install them with this command, then run make again:
  sudo apt-get install -y --no-install-recommends$missing"
    fi
    say "installing system packages:$missing"
    apt-get update -q >&2
    # shellcheck disable=SC2086  # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >&2
}

usable() {
    "$1" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

# The newest Python that the pinned dependencies have wheels for and that can make environments.
find_python() {
    for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
        if has "$candidate" && usable "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

need_python() {
    if find_python >/dev/null; then
        return 0
    fi
    # Debian keeps the part that makes environments in a package of its own.
    need_packages python3 python3-venv
    if find_python >/dev/null; then
        return 0
    fi
    hint="Install one from your system's packages."
    if [ "$(uname -s)" = Darwin ]; then
        hint="Install one with: brew install python@3.13"
    fi
    fail "no Python from 3.11 to 3.14 with venv was found. $hint"
}

need_compiler() {
    if has c++ && has cmake; then
        return 0
    fi
    if [ "$(uname -s)" = Darwin ]; then
        fail "a C++ compiler and cmake are needed once. Install them with: xcode-select --install; brew install cmake"
    fi
    need_packages g++ cmake
    if ! has c++ || ! has cmake; then
        fail "a C++ compiler and cmake are needed once. Install them from your system's packages, then run make again."
    fi
}

make_venv() {
    if [ -x "$PYTHON" ] && usable "$PYTHON" && "$PYTHON" -m pip --version >/dev/null 2>&1; then
        return 0
    fi
    need_python
    python=$(find_python)
    say "making $VENV with $("$python" --version)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
}

install_project() {
    if ! "$PYTHON" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("llama_cpp") is None)'; then
        need_compiler
        # llama.cpp's AMX code dies in virtual machines that announce AMX and do not carry it out. The engine notices that
        # and goes on without any special code, which is slower than never having had this one.
        CMAKE_ARGS="${CMAKE_ARGS:-} -DCMAKE_C_FLAGS=-U__AMX_INT8__ -DCMAKE_CXX_FLAGS=-U__AMX_INT8__"
        export CMAKE_ARGS
        if [ -z "$("$PYTHON" -m pip cache list llama_cpp_python --format abspath 2>/dev/null)" ]; then
            say "compiling the language engine, once: about six minutes on two cores"
        fi
    fi
    say "installing the Python packages of packaging/constraints.txt"
    "$PYTHON" -m pip install --disable-pip-version-check -c packaging/constraints.txt -e "$1" >&2
}

# The best model that lies on the shelf, test models aside; fails where there is none.
shelf_model() {
    "$PYTHON" - <<'END'
import sys
from agent_assist.llm.shelf import Shelf
from agent_assist.llm.stock import State
from agent_assist.paths import find_places
from models.catalog import Purpose

found = Shelf(find_places()).installed()
paths = [m.path for m in found if m.entry.purpose is not Purpose.TEST and m.state is not State.DAMAGED]
sys.exit(1) if not paths else print(paths[0])
END
}

need_model() {
    if ! shelf_model >"$VENV/.model.new"; then
        say "fetching the language model, once: about 1.1 GB or more, as this machine's memory allows"
        if ! "$COMMAND" models install --recommended; then
            say "going on without a language model: feelings are read, summaries and replies are not written"
            return 0
        fi
        shelf_model >"$VENV/.model.new" || return 0
    fi
    mv "$VENV/.model.new" "$VENV/.model"
}

need_test_models() {
    for name in $TEST_MODELS; do
        "$COMMAND" models install "$name" >&2
    done
    "$PYTHON" -c 'from agent_assist.paths import find_places; print(find_places().models)'
}

# shellcheck disable=SC2086  # lists of names
case "${1:-}" in
run)
    need_packages $QT $WINDOW
    make_venv
    install_project .
    touch "$VENV/.ready"
    ;;
test)
    need_packages $QT $WINDOW $KEYRING $BROWSER $DISPLAY_TOOLS
    make_venv
    install_project ".[test]"
    touch "$VENV/.ready" "$VENV/.ready-test"
    ;;
model) need_model ;;
test-models) need_test_models ;;
*) fail "usage: packaging/setup.sh run | test | model | test-models" ;;
esac
