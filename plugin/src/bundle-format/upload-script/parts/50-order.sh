
# --- order and base --------------------------------------------------------------------------------------------------

# How this stands to what the registry has: same, older, other or next.
place_in_order() {
  read_current
  order=next
  if [ "$current_seal" = "$seal" ]; then order=same
  elif [ "$current_number" -gt "$number" ]; then order=older
  elif [ "$current_number" -eq "$number" ]; then order=other
  fi
}

check_order() {
  place_in_order
  case $order in
    same)
      [ "$again" = no ] || return 0
      say "$head is in $registry since $current_time: nothing to do. (--again uploads it once more.)"
      exit 0
      ;;
    older | other)
      [ "$roll_back" = no ] || return 0
      stop 5 "$registry has $current_folder, uploaded $current_time; this is $head" \
        "this upload would move tags and catalogs back to older content" \
        "do not upload $head: the newer content is complete" \
        "upload a sequence that is newer than $current_folder; ./seq-upload.sh status shows which sequences the registry has" \
        "to go back on purpose: run the same command with --allow-older"
      ;;
  esac
}

# What must be there besides what is carried. oc-mirror uploads out of its cache, so what counts is what was imported into
# that; the enclosed uploader needs what the registry has.
check_base() {
  [ "$assume_base" = no ] || return 0
  lacking=
  while read -r need; do
    [ -n "$need" ] || continue
    # Split on purpose; set -f keeps wildcards what they are.
    # shellcheck disable=SC2086
    has_one_of $need || lacking="$lacking$one_of, "
  done <<END
$needs
END
  for dependency in $dependencies; do
    has_between "$dependency" "$number" || lacking="${lacking}seq$dependency, "
  done
  [ -z "$lacking" ] || refuse_base
  check_links
  check_previous
}

# Archives that leave out links lead only those tags to their images that moved or are new. The others are in oc-mirror's
# cache as the archives left them that were unpacked last: those of a sequence that this one needs, or of one in between.
check_links() {
  [ "$engine" = oc-mirror ] && [ "$links" = added ] || return 0
  # shellcheck disable=SC2046,SC2086
  newest_needed=$(highest $(numbers_needed) $dependencies)
  last_unpacked=$(last_unpacked_number)
  if [ "$last_unpacked" -ge "$newest_needed" ] && [ "$last_unpacked" -le "$number" ]; then return 0; fi
  stop 5 "$head cannot be uploaded by oc-mirror now: the tags in its cache ($cache) are those of seq$last_unpacked" \
    "the archives leave out links of earlier archives, so some tags would point to images of seq$last_unpacked" \
    "use seqmirror-upload.js, which needs no cache: --engine=enclosed" \
    "upload the earlier sequences once more, in order: ./seq-upload.sh --again --allow-older in each of their folders" \
    "ask the sender for a bundle that needs no earlier sequence: nx run mirror-seq$number:bundle --fresh"
}

# Of the sequences that a bundle needs, one a line and of several with `or` between them the last.
numbers_needed() { printf '%s' "$needs" | awk '{ for (field = NF; field > 1; field--) if ($(field - 1) ~ /^sha256:/) { print $field; next } }'; }

highest() {
  highest_found=0
  for highest_each in "$@"; do
    [ "$highest_each" -le "$highest_found" ] || highest_found=$highest_each
  done
  printf '%s' "$highest_found"
}

# Caches of earlier versions know only what was unpacked for the first time.
last_unpacked_number() {
  for unpacked_file in "$unpacked" "$imported"; do
    [ -s "$unpacked_file" ] || continue
    awk '$2 ~ /^[0-9]+$/ { last = $2 } END { printf "%d", last }' "$unpacked_file"
    return 0
  done
  printf 0
}

base_lines() {
  if [ "$engine" = oc-mirror ]; then [ ! -f "$imported" ] || cat -- "$imported"
  else [ ! -f "$ledger" ] || awk -v registry="$registry" '$5 == registry' "$ledger"; fi
}

# <seal> <number> <folder> [or …] [<bundle that carried it>]: one of these has to be there.
has_one_of() {
  one_of=
  has_one=no
  while [ $# -gt 0 ]; do
    is_sequence "$1" "${2:-}" "${3:-}" || damaged_facts "$facts_file: needs=$1 ${2:-}"
    ! has_sequence "$1" || has_one=yes
    one_of=${one_of:+$one_of or }$3
    shift 3
    case ${1:-} in
      '') ;;
      or) shift ;;
      *) one_of="$one_of (carried by $1)"; shift ;;
    esac
  done
  [ "$has_one" = yes ]
}

has_sequence() { base_lines | grep -q -e "^$1 "; }

# A sequence's own folder names what it needs by number. A later sequence that is there whole stands for those before it.
has_between() {
  base_lines | awk -v from="$1" -v to="$2" '$2 + 0 >= from + 0 && $2 + 0 < to + 0 { found = 1 } END { exit !found }'
}

check_previous() {
  is_seal "$previous" || return 0
  base_lines | awk -v seal="$previous" -v number="$((number - 1))" '
    $2 + 0 == number + 0 { if ($1 == seal) same = 1; else other = 1 }
    END { exit other && !same }
  ' || stop 5 "seq$((number - 1)) of this site is not the seq$((number - 1)) that $head needs" \
    "their seals differ: this folder belongs to another chain, or that sequence was sealed again" \
    "ask the sender which sequence is right; ./seq-upload.sh status shows the sequences of this site" \
    "use a separate site folder for this chain: --site-dir=<folder>" \
    "if the sender has confirmed the sequence: run the same command with --assume-base"
}

refuse_base() {
  lacking=${lacking%, }
  base_place="has not uploaded to $registry"
  base_why="its archives leave out blobs of these sequences; the upload would stop with \"manifest unknown\""
  if [ "$engine" = oc-mirror ]; then
    base_place="does not have in oc-mirror's cache ($cache)"
    [ "$current_number" -eq 0 ] || base_why="$base_why; $registry has $current_folder, but oc-mirror copies blobs from its cache"
  fi
  stop 5 "$head cannot be uploaded yet: it needs $lacking, which this side $base_place" "$base_why" \
    "first upload $lacking from its medium$(beside "$lacking"); ./seq-upload.sh status shows the sequences of this site" \
    "ask the sender for a bundle that needs no earlier sequence: nx run mirror-seq$number:bundle --fresh" \
    "if you have uploaded it without this script: run the same command with --assume-base"
}

# Where several sequences were copied to one disk, the one to begin with lies beside this one.
beside() {
  beside_first=${1%%,*}
  beside_first=${beside_first%% *}
  set +f
  set -- "${folder%/*}"/seq*/
  set -f
  for beside_name in "$@"; do
    beside_name=${beside_name%/}
    beside_name=${beside_name##*/}
    [ -f "${folder%/*}/$beside_name/seq-upload.sh" ] || continue
    case $beside_name in
      "$beside_first" | "$beside_first"-*) printf ': ../%s/seq-upload.sh' "$beside_name"; return 0 ;;
    esac
  done
}
