
# --- words -----------------------------------------------------------------------------------------------------------

# Bytes of what a terminal may obey without showing it: C1 controls; marks that turn, join or hide text; line separators.
hidden_c1=$(printf '\302[\200-\237]')
hidden_marks=$(printf '\342\200[\213-\217\250-\256]')
hidden_isolates=$(printf '\342\201[\240-\257]')

escape=$(printf '\033')
return_mark=$(printf '\r')

# Standard input on one line, without colours and control characters.
clean() {
  tr '\n\t' '  ' |
    sed -e "s/$escape\\[[0-9;]*m//g" -e "s/$hidden_c1//g" -e "s/$hidden_marks//g" -e "s/$hidden_isolates//g" |
    tr -d '\001-\037\177'
}

# Nearly all that is said is printable ASCII, of which `clean` takes nothing away: four processes less for each line.
say() {
  case $* in
    *[!\ -~]*)
      printf '%s' "$*" | clean
      printf '\n'
      ;;
    *) printf '%s\n' "$*" ;;
  esac
}

# stop <exit code> <what> <why> <next>…: three ways on are three arguments.
stop() {
  stop_code=$1
  [ -z "${watcher:-}" ] || progress_stop
  {
    say "Stopped: $2"
    say "  Why:   $3"
    shift 3
    if [ $# -eq 1 ]; then
      say "  Next:  $1"
    else
      say "  Next:  one of these:"
      stop_way=0
      for stop_text in "$@"; do
        stop_way=$((stop_way + 1))
        say "         $stop_way. $stop_text"
      done
    fi
    [ "$stop_code" -le 2 ] || say "  More:  ./seq-upload.sh explain $stop_code"
  } >&2
  exit "$stop_code"
}

warn() { say "Warning: $*" >&2; }

# Bytes for people: binary, one decimal, rounded up.
size() {
  if [ "$1" -ge 1073741824 ]; then size_of "$1" 1073741824 GiB
  elif [ "$1" -ge 1048576 ]; then size_of "$1" 1048576 MiB
  elif [ "$1" -ge 1024 ]; then size_of "$1" 1024 KiB
  else printf '%s B' "$1"; fi
}

size_of() {
  size_tenths=$((($1 * 10 + $2 - 1) / $2))
  printf '%s.%s %s' "$((size_tenths / 10))" "$((size_tenths % 10))" "$3"
}

# count 3 file: 3 files
count() {
  printf '%s %s' "$1" "$2"
  [ "$1" -eq 1 ] || printf s
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

bytes_of() { (cd "${1%/*}/" && ls -lnL -- "${1##*/}") 2>/dev/null | awk 'NR == 1 { print $5 }'; }

has() { command -v "$1" >/dev/null 2>&1; }

# --- what values may look like ---------------------------------------------------------------------------------------

is_number() {
  case $1 in '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;; esac
}

is_depth() { is_number "$1" && [ "$1" -ge 2 ] && [ "$1" -le 20 ]; }

is_sha256() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ ${#1} -eq 64 ]
}

is_seal() {
  case $1 in sha256:*) is_sha256 "${1#sha256:}" ;; *) return 1 ;; esac
}

# The name of one file or folder that is safe everywhere.
is_name() {
  case $1 in '' | .* | -* | *[!A-Za-z0-9._-]*) return 1 ;; esac
  [ ${#1} -le 100 ]
}

# A path that stays below the folder it is in.
is_path_below() {
  case /$1/ in *//* | */./* | */../* | */-* | *"\\"* | *[[:cntrl:]]*) return 1 ;; esac
}

# A moment in UTC, as 2026-11-24T06:08:52Z.
is_time() {
  case $1 in
    [0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z) ;;
    [0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z) ;;
    *) return 1 ;;
  esac
}

# Names with commas between them; nothing at all is a list, too.
is_list() {
  case $1 in '' ) return 0 ;; ,* | *, | *,,* | *[!A-Za-z0-9._,-]*) return 1 ;; esac
  [ ${#1} -le 4000 ]
}

is_sequence() { is_seal "$1" && is_number "$2" && is_name "$3"; }
