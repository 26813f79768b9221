# shellcheck shell=bash disable=SC2034
# setup.sh: what tools/run and tools/test need from the system.  Sourced, not run.
#
#     need_packages build      a compiler, CMake and the libraries
#     need_packages test       the second compiler, Check, the formatter besides
#
# On Debian and its kin the missing packages are installed, and only those; a second run finds
# nothing missing and asks neither apt nor the network.  Elsewhere their names are told.

build_apt="gcc libc6-dev cmake ninja-build pkg-config liblua5.4-dev libreadline-dev libyajl-dev libutf8proc-dev libsqlite3-dev zlib1g-dev libzip-dev libhivex-dev"
test_apt="clang libclang-rt-dev lua5.4 check clang-format git diffutils binutils libxml2-utils make lua-busted valgrind sqlite3"
build_dnf="gcc cmake ninja-build pkgconf-pkg-config lua-devel readline-devel yajl-devel utf8proc-devel sqlite-devel zlib-devel libzip-devel hivex-devel"
test_dnf="clang compiler-rt lua check-devel clang-tools-extra git diffutils binutils libxml2 make sqlite valgrind"
build_pacman="gcc cmake ninja pkgconf lua54 readline yajl libutf8proc sqlite zlib libzip hivex"
test_pacman="clang compiler-rt check git diffutils binutils libxml2 make valgrind"
build_zypper="gcc cmake ninja pkg-config lua54-devel readline-devel libyajl-devel utf8proc-devel sqlite3-devel zlib-devel libzip-devel hivex-devel"
test_zypper="clang lua54 check-devel git diffutils binutils libxml2-tools make sqlite3 valgrind"
build_brew="cmake ninja pkg-config lua@5.4 readline yajl utf8proc sqlite zlib libzip"
test_brew="llvm check clang-format git"

say()
{
    printf '%s\n' "$*" >&2
}

# Names of the packages in $@ that dpkg does not have.
missing_apt()
{
    local package
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *'ok installed') ;;
        *) printf '%s\n' "$package" ;;
        esac
    done
}

as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "certsh: packages must be installed, and this is neither root nor is there sudo."
        say "  as root: apt-get install $missing"
        exit 1
    fi
}

install_apt()
{
    missing=$(missing_apt "$@" | tr '\n' ' ')
    [ -n "${missing% }" ] || return 0
    say "certsh: installing $missing"
    # shellcheck disable=SC2086  # a list of names
    set -- env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
    # Old package lists are worse than none: a failure is tried once more with new ones.
    if [ -n "$(find /var/lib/apt/lists -name '*Packages*' -mtime -1 2>/dev/null | head -n 1)" ] &&
        as_root "$@" >/dev/null 2>&1; then
        return 0
    fi
    as_root apt-get update -qq && as_root "$@" >/dev/null || {
        say "certsh: apt-get could not install: $missing"
        exit 1
    }
}

# Systems name libraries differently: one of these names will do.
has_library()
{
    local name
    for name in ${1//,/ }; do
        pkg-config --exists "$name" 2>/dev/null && return 0
    done
    return 1
}

# Elsewhere: are the things themselves there?  If not, say what to install.
have_all()
{
    local tool
    for tool in cmake ninja pkg-config $1; do
        command -v "$tool" >/dev/null || { lacking=$tool; return 1; }
    done
    for tool in lua5.4,lua54,lua-5.4 yajl readline sqlite3 zlib ${2:-}; do
        has_library "$tool" || { lacking="the library ${tool%%,*}"; return 1; }
    done
}

tell_packages()
{
    local names
    say "certsh: $lacking is missing.  Install what certsh needs, and run this again:"
    for names in "dnf install" "pacman -S" "zypper install" "brew install"; do
        local kind=${names%% *} build="build_${names%% *}" test="test_${names%% *}"
        [ "$kind" = brew ] || names="sudo $names"
        [ "$1" = test ] && say "  $names ${!build} ${!test}" || say "  $names ${!build}"
        command -v "$kind" >/dev/null && break
    done
    exit 1
}

need_packages()
{
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        # shellcheck disable=SC2086  # lists of names
        if [ "$1" = test ]; then install_apt $build_apt $test_apt; else install_apt $build_apt; fi
    elif [ "$1" = test ]; then
        have_all "gcc clang lua5.4 clang-format" check || tell_packages test
    else
        have_all cc || tell_packages build
    fi
}

# Configure, build what changed; quiet when all is well.
build_preset()
{
    local log=build/$1.log
    mkdir -p build
    cmake --preset "$1" >"$log" 2>&1 && cmake --build --preset "$1" >"$log" 2>&1 || {
        grep -v '^\[[0-9/]*\] ' "$log" >&2 # not what went well
        exit 1
    }
}
