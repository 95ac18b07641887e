#!/usr/bin/env bash
# Films one site after the other, and goes on when one of them cannot be filmed.
#
#   examples/film_many.sh FOLDER [OPTION…] < urls.txt
#
# Reads one address a line; empty lines and lines that begin with # are skipped. Films are saved in FOLDER as 001.mp4,
# 002.mp4 … by the number of their line, so a second run films only what is missing. Every OPTION goes to
# `sitereel record`: --max-clicks 5, or --server http://films.example:8000 to film elsewhere.
# SITEREEL names the command, which is `sitereel` otherwise. Ends with 1 when a film is missing.
set -euo pipefail

if [ $# -lt 1 ]; then
    echo "usage: $0 FOLDER [OPTION…] < urls.txt" >&2
    exit 2
fi
folder=$1
shift
sitereel=${SITEREEL:-sitereel}
mkdir -p "$folder"

number=0 made=0 missing=0
while IFS= read -r url || [ -n "$url" ]; do
    number=$((number + 1))
    case $url in '' | '#'*) continue ;; esac
    film=$folder/$(printf '%03d' "$number").mp4
    if [ -e "$film" ]; then
        echo "$film is there already"
        made=$((made + 1))
    # It must not read the list of addresses, so its stdin is empty.
    elif "$sitereel" record "$url" --out "$film" "$@" </dev/null; then
        made=$((made + 1))
    else
        echo "no film of line $number, $url" >&2
        missing=$((missing + 1))
    fi
done

echo "$made films in $folder, $missing missing"
[ "$missing" = 0 ]
