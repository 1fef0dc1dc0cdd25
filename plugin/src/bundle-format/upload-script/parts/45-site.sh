
# --- the site: what this side remembers ------------------------------------------------------------------------------

find_site() {
  if [ -z "$site" ]; then
    [ -n "${HOME:-}" ] || stop 2 "it is not known where this site's ledger is" "HOME is not set" \
      "give --site-dir=<folder>, or set SEQMIRROR_SITE_DIR"
    [ -n "$mirror" ] || find_mirror
    site=$HOME/.seqmirror/$mirror
  fi
  [ -n "$cache" ] || cache=$site/cache
  ledger=$site/ledger
  imported=$cache/seqmirror-imported
}

# A sequence's own folder without seq-upload.env does not name its mirror. Its site is the one that has it, or the sequence before it; else, of a
# later sequence, the only one there is; else a new one, named after the seal that this side saw first.
find_mirror() {
  mirror=chain-$(printf '%s' "${seal#sha256:}" | cut -c 1-12)
  set +f
  set -- "$HOME"/.seqmirror/*/ledger
  set -f
  for known in "$@"; do
    if [ -f "$known" ] && grep -q -e "^$seal " -e "^${previous:-none} " -- "$known"; then
      known=${known%/ledger}
      mirror=${known##*/}
      return 0
    fi
  done
  if [ $# -eq 1 ] && [ -f "$1" ] && [ "$number" -gt 1 ]; then
    known=${1%/ledger}
    mirror=${known##*/}
  fi
}

# Makes the site folder, and sees that one run at a time works in it.
enter_site() {
  { mkdir -p -- "$site" "$cache" "$site/logs" 2>/dev/null && [ -w "$site" ] && [ -w "$cache" ]; } ||
    stop 7 "$site cannot be made or written" "this site's ledger and cache are kept there" \
      "run this as the user who may, or give --site-dir=<folder>"
  if ! mkdir -- "$site/lock" 2>/dev/null; then
    if holder=$(holder_alive); then
      stop 9 "another run is at work in $site (process $holder)" "two at once would upload each other's content" \
        "wait for it; if that process is something else, remove the folder $site/lock and run again"
    fi
    rm -rf -- "$site/lock"
    mkdir -- "$site/lock" 2>/dev/null || stop 9 "another run has just started in $site" \
      "two at once would upload each other's content" "wait for it"
  fi
  locked=yes
  printf '%s\n' "$$" >"$site/lock/pids" || stop 7 "$site/lock cannot be written" "the disk may be full" "free some space"
}

# The first process of the lock's that still runs: a script, or the oc-mirror that it left when it was killed.
holder_alive() {
  [ -f "$site/lock/pids" ] || return 1
  while read -r holder; do
    if is_number "$holder" && { kill -0 "$holder" 2>/dev/null || [ -d "/proc/$holder" ]; }; then
      printf '%s' "$holder"
      return 0
    fi
  done <"$site/lock/pids"
  return 1
}

locked=no
child=
leave() {
  [ "$locked" = no ] || rm -rf -- "$site/lock" "$site/work"
  locked=no
}
interrupted() {
  trap '' INT TERM HUP
  if [ -n "$child" ]; then
    kill -TERM "$child" 2>/dev/null
    wait "$child" 2>/dev/null
  fi
  say "Interrupted. What was taken in or uploaded stays; run the same again, it goes on." >&2
  exit 130
}
trap leave EXIT
trap interrupted INT TERM HUP

# Writes one line behind a ledger, aside first: cut off anywhere, the old one is there.
add_line() {
  { { [ ! -f "$1" ] || cat -- "$1"; printf '%s\n' "$2"; } >"$1.new" && mv -f -- "$1.new" "$1"; } ||
    stop 7 "$1 could not be written" "the disk may be full" "free some space and run this again; the upload itself is done"
}

# Whether a ledger has a sequence, by its seal.
knows() { [ -f "$1" ] && grep -q -e "^$2 " -- "$1"; }

# The newest sequence that a registry stands at, after its last upload.
read_current() {
  current_seal='' current_number=0 current_folder='' current_time=''
  [ -f "$ledger" ] || return 0
  while read -r line_seal line_number line_folder line_time line_registry _; do
    if [ "$line_registry" = "$registry" ] && is_sequence "$line_seal" "$line_number" "$line_folder"; then
      current_seal=$line_seal current_number=$line_number current_folder=$line_folder current_time=$line_time
    fi
  done <"$ledger"
}

choose_registry() {
  [ -z "$registry" ] || return 0
  [ ! -f "$ledger" ] || registry=$(awk 'END { print $5 }' "$ledger")
  [ -n "$registry" ] || registry=$(uname -n):8443
}

status() {
  say "Site folder: $site"
  if [ ! -s "$ledger" ]; then
    say "Nothing has been uploaded from here yet."
    return 0
  fi
  printf '%-8s %-30s %-21s %-14s %s\n' SEQ NAME UPLOADED BY REGISTRY
  while read -r line_seal line_number line_folder line_time line_registry line_by _; do
    is_sequence "$line_seal" "$line_number" "$line_folder" || continue
    say "$(printf '%-8s %-30s %-21s %-14s %s' "seq$line_number" "$line_folder" "$line_time" "$line_by" "$line_registry")"
  done <"$ledger"
  if [ -f "$imported" ]; then
    say "oc-mirror's cache has: $(awk '{ print "seq" $2 }' "$imported" | sort -u -k 1.4n | tr '\n' ' ')"
  fi
}
