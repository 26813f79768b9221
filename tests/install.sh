#!/bin/sh
# install.sh BUILD: the installed tree works from another place, with neither build nor sources.
set -eu
build=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$build" --prefix "$place/first" >/dev/null
mv "$place/first" "$place/moved"
cd /
unset CERTSH_PLUGIN_PATH
HOME=$place XDG_STATE_HOME=$place XDG_CONFIG_HOME=$place
export HOME XDG_STATE_HOME XDG_CONFIG_HOME
out=$("$place/moved/bin/certsh" -f csv -c 'host list')
printf '%s\n' "$out"
case $out in *DC01*) ;; *) echo "no DC01 in the built-in lab of the installed program"; exit 1 ;; esac
"$place/moved/bin/certsh" -f csv -c 'plugin list' | tee "$place/plugins"
if grep -F "$build" "$place/plugins"; then
    echo "the installed program loads plugins from the build tree"
    exit 1
fi
PKG_CONFIG_PATH=$place/moved/lib/pkgconfig pkg-config --cflags --libs certsh
if readelf -d "$place/moved/lib/libcertsh.so" | grep -i 'NEEDED.*lua'; then
    echo "libcertsh.so needs Lua"
    exit 1
fi
