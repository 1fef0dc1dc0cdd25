
# --- the site: what this side remembers ------------------------------------------------------------------------------

find_site() {
  site_given=yes
  if [ -z "$site" ]; then
    [ -n "${HOME:-}" ] || stop 2 "the site folder is not known" "HOME is not set" \
      "add --site-dir=<folder>, or set SEQMIRROR_SITE_DIR"
    [ -n "$mirror" ] || find_mirror
    site_given=no
    site=$HOME/.seqmirror/$mirror
  fi
  [ -n "$cache" ] || cache=$site/cache
  ledger=$site/ledger
  imported=$cache/seqmirror-imported
  unpacked=$cache/seqmirror-order
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

# Whether this side has seen this mirror, or another one: then an id that it does not know is no first contact, but may
# be one that was changed so that no signers are configured for it.
check_mirror() {
  [ -z "$new_mirror" ] || [ "$new_mirror" = "$mirror" ] || stop 4 "the medium is of the mirror ${mirror:-(without a name)}, not of $new_mirror" \
    "--new-mirror=$new_mirror was given" "check the label of the medium, and ask the sender"
  [ -n "$mirror" ] || return 0
  if is_site "$site"; then
    recorded_mirror=$(recorded mirror)
    [ "${recorded_mirror:-$mirror}" = "$mirror" ] || stop 4 "the medium is of the mirror $mirror, and $site is of $recorded_mirror" \
      "each mirror has its own site folder, with its ledger and its signers" \
      "check the label of the medium, and ask the sender by phone or mail" \
      "if this mirror is new at this site: add --new-mirror=$mirror, and another --site-dir if you use --site-dir"
    return 0
  fi
  [ -z "$new_mirror" ] && [ "$site_given" = no ] || return 0
  known_mirrors=
  set +f
  for known in "$HOME"/.seqmirror/*/; do
    known=${known%/}
    ! is_site "$known" || known_mirrors="$known_mirrors ${known##*/}"
  done
  set -f
  [ -z "$known_mirrors" ] || stop 4 "the medium is of a mirror that this side does not know: $mirror" \
    "this side knows:$known_mirrors. The script accepts no new name by itself, because a medium could use it to avoid the signers of the known mirrors" \
    "check the label of the medium, and ask the sender by phone or mail" \
    "if this mirror is new at this site: run the same command with --new-mirror=$mirror"
}

# A folder in which this side has kept something.
is_site() {
  for is_site_file in ledger mirror newest allowed_signers settings; do
    if [ -e "$1/$is_site_file" ] || [ -L "$1/$is_site_file" ]; then return 0; fi
  done
  return 1
}

# The one line of a file of the site folder.
recorded() { [ ! -f "$site/$1" ] || [ -L "$site/$1" ] || sed -n 1p "$site/$1"; }

# Replaces such a line, aside first.
record() {
  { rm -f -- "$site/$1.new" && printf '%s\n' "$2" >"$site/$1.new" && mv -f -- "$site/$1.new" "$site/$1"; } ||
    stop 7 "$site/$1 could not be written" "the disk may be full" "free some space, then run the same command again"
}

# The newest sequence that this site has seen of its mirror, whatever registry it went to: number, seal, folder, time. Sites of
# earlier versions have a ledger only.
read_newest() {
  newest_number=0 newest_seal='' newest_folder='' newest_time=''
  if [ -f "$ledger" ]; then
    while read -r line_seal line_number line_folder line_time _; do
      newer "$line_number" "$line_seal" "$line_folder" "$line_time"
    done <"$ledger"
  fi
  [ ! -f "$site/newest" ] || {
    read -r line_number line_seal line_folder line_time _ <"$site/newest"
    newer "$line_number" "$line_seal" "$line_folder" "$line_time"
  }
}

newer() {
  is_sequence "$2" "$1" "$3" && [ "$1" -gt "$newest_number" ] || return 0
  newest_number=$1 newest_seal=$2 newest_folder=$3 newest_time=$4
}

# A medium that was good once is good for ever, unless it is compared with what came after it.
check_age() {
  read_newest
  [ "$roll_back" = no ] || return 0
  [ "$number" -le "$newest_number" ] && [ "$seal" != "$newest_seal" ] || return 0
  age_what="older than $newest_folder, which this site has seen $newest_time"
  [ "$number" -lt "$newest_number" ] || age_what="another sequence than $newest_folder, which this site has seen $newest_time"
  stop 5 "$head is $age_what" "this is an old medium; an upload would move tags and catalogs back to older content" \
    "do not upload this medium: the newer content is complete" "to go back on purpose: run the same command with --allow-older"
}

remember_newest() {
  [ "$number" -le "$newest_number" ] || record newest "$number $seal $head $(now)"
}

# private_folder <folder>: ours alone, and no link that somebody has planted.
private_folder() {
  [ ! -L "$1" ] || [ "$1" = "$site" ] || stop 7 "$1 is a symbolic link" "the script could write to another place through the link" "delete the link, then run the same command again"
  { mkdir -p -- "$1" 2>/dev/null && [ -w "$1" ]; } ||
    stop 7 "$1 cannot be created or written" "the script keeps its ledger and cache in $site" \
      "run the script as a user who can write to this folder, or add --site-dir=<folder>"
  [ "$(owner_of "$1")" = "$(owner_of "$private")" ] || stop 7 "$1 belongs to another user" \
    "the owner of this folder could change files that the script trusts" "run the script as the owner of the folder, or add --site-dir=<folder>"
  chmod 700 "$1"
}

owner_of() { (cd "$1/" && ls -ldn .) 2>/dev/null | awk '{ print $3 }'; }

# Makes the site folder, and sees that one run at a time works in it.
enter_site() {
  private_folder "$site"
  for site_part in logs spool taken work receipts cluster-resources; do
    [ ! -L "$site/$site_part" ] || private_folder "$site/$site_part"
  done
  private_folder "$site/logs"
  { mkdir -p -- "$cache" 2>/dev/null && [ -w "$cache" ]; } ||
    stop 7 "$cache cannot be created or written" "oc-mirror keeps its cache in this folder" \
      "run the script as a user who can write to this folder, or add --cache-dir=<folder>"
  if ! mkdir -- "$site/lock" 2>/dev/null; then
    if holder=$(holder_alive); then
      stop 9 "another run is at work in $site (process $holder)" "two runs in one site folder would mix their content" \
        "wait until this run ends; if this process is another program, delete the folder $site/lock and run the same command again"
    fi
    rm -rf -- "$site/lock"
    mkdir -- "$site/lock" 2>/dev/null || stop 9 "another run has just started in $site" \
      "two runs in one site folder would mix their content" "wait until this run ends"
  fi
  locked=yes
  [ -z "$mirror" ] || [ "$(recorded mirror)" = "$mirror" ] || record mirror "$mirror"
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
  progress_stop
  [ -z "$private" ] || rm -rf -- "$private"
  private=
  [ "$locked" = no ] || rm -rf -- "$site/lock" "$site/work"
  locked=no
}
interrupted() {
  trap '' INT TERM HUP
  progress_stop
  if [ -n "$child" ]; then
    kill -TERM "$child" 2>/dev/null
    wait "$child" 2>/dev/null
  fi
  say "Interrupted. To continue, run the same command again." >&2
  exit 130
}
trap leave EXIT
trap interrupted INT TERM HUP

# Writes one line behind a ledger, aside first: cut off anywhere, the old one is there.
add_line() {
  { { [ ! -f "$1" ] || cat -- "$1"; printf '%s\n' "$2"; } >"$1.new" && mv -f -- "$1.new" "$1"; } ||
    stop 7 "$1 could not be written" "the disk may be full" "free some space, then run the same command again; the upload itself is complete"
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
  if [ -n "$registry" ]; then
    say "Registry: $registry, where this site uploaded last"
    return 0
  fi
  {
    say "Stopped: no registry is named, and this site has used none before"
    help
  } >&2
  exit 2
}

show_newest() {
  read_newest
  [ "$newest_number" = 0 ] || say "Newest seen: $newest_folder, $newest_time"
}

status() {
  say "Site folder: $site"
  show_newest
  show_spools
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
