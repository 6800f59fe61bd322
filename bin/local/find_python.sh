# Sourced by the programs in bin/, in the folder of the clone: sets $python to a Python 3.12 or newer, or exits.

# A name on PATH is not enough (a pyenv shim may refuse to run), nor is the version (Debian's may lack venv).
runs_what_we_need() {
    "$1" -c 'import sys, ssl, ensurepip, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

# The newest version that pyenv has, selected or not. Its shims on PATH lead to it when HOME is another folder.
find_pyenv_python() {
    for version in 14 13 12; do
        IFS=:
        for folder in "${PYENV_ROOT:-$HOME/.pyenv}/shims" $PATH; do
            unset IFS
            case $folder in */shims) ;; *) continue ;; esac
            for python in "${folder%/shims}"/versions/3."$version"*/bin/python; do
                runs_what_we_need "$python" && return
            done
        done
    done
    return 1
}

find_python() {
    # What an earlier start installed; its folder of marks is made last, so a broken-off one does not count.
    if [ -d .venv/installed ] && runs_what_we_need .venv/bin/python; then
        python=.venv/bin/python
        return
    fi
    for name in python3.14 python3.13 python3.12 python3 python; do
        if runs_what_we_need "$name"; then
            python=$(command -v "$name")
            return
        fi
    done
    find_pyenv_python && return
    for uv in uv "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv"; do
        if command -v "$uv" >/dev/null 2>&1; then
            python=$("$uv" python find --no-project '>=3.12' 2>/dev/null) && runs_what_we_need "$python" && return
            echo "Installing Python 3.13 by uv …"
            "$uv" python install --quiet 3.13 &&
                python=$("$uv" python find --no-project 3.13) && runs_what_we_need "$python" && return
        fi
    done
    echo "Python 3.12 or newer, with its venv module, was not found on PATH, under pyenv or by uv:" \
        "install one (Debian: apt install python3 python3-venv; anywhere: https://docs.astral.sh/uv/), then run this again." >&2
    exit 1
}

: "${HOME:=/nonexistent}"
find_python
