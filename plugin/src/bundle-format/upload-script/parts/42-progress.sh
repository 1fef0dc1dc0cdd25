
# --- how far it is ---------------------------------------------------------------------------------------------------

# On a terminal a bar that is drawn over, elsewhere a line every 30 s. A second process draws it. It is told in a file how
# many bytes are done, and where to look for those of the file that is being read or copied. Without `sleep` or /proc
# there is less to see, and the work is the same.
watcher=

# progress_start <label> <bytes in all> [<how often each is read or written>]
progress_start() {
  watcher='' passes=${3:-1}
  { [ "$2" -ge 67108864 ] && [ -n "$private" ] && has sleep; } || return 0
  : >"$private/progress"
  watch_progress "$1" $(($2 * passes)) </dev/null &
  watcher=$!
}

# progress_at <bytes done before> <reads | grows> <file> <its name>: `reads` is a file with the number of a process that
# reads its standard input, `grows` a file that is being written.
progress_at() { [ -z "$watcher" ] || printf '%s\n' "$1" "$2" "$3" "$4" >"$private/progress"; }

progress_stop() {
  [ -n "$watcher" ] || return 0
  { kill "$watcher" && wait "$watcher"; } 2>/dev/null
  # When this was interrupted: a program in the background does not hear it.
  if read -r stop_reader 2>/dev/null <"$private/reader" && is_number "$stop_reader"; then kill "$stop_reader" 2>/dev/null; fi
  watcher=
  clear_bar
}

clear_bar() { [ ! -t 1 ] || printf '\r%79s\r' ''; }

watch_progress() {
  trap - INT TERM HUP EXIT
  watch_seconds=0
  while sleep 1 >/dev/null 2>&1 && kill -0 "$$" 2>/dev/null; do
    watch_seconds=$((watch_seconds + 1))
    if [ -t 1 ] || [ $((watch_seconds % 30)) -eq 0 ]; then show_progress "$1" "$2"; fi
  done
}

show_progress() {
  { read -r show_before && read -r show_how && read -r show_where && read -r show_name; } 2>/dev/null <"$private/progress" || return 0
  show_within=
  case $show_how in
    grows) [ ! -f "$show_where" ] || show_within=$(bytes_of "$show_where") ;;
    reads)
      read -r show_reader 2>/dev/null <"$show_where" || show_reader=
      if is_number "$show_reader"; then show_within=$(sed -n 's/^pos:[^0-9]*//p' "/proc/$show_reader/fdinfo/0" 2>/dev/null); fi
      ;;
  esac
  is_number "$show_before" || return 0
  is_number "$show_within" || show_within=0
  show_done=$((show_before + show_within))
  [ "$show_done" -le "$2" ] || show_done=$2
  show_left=
  if [ "$show_done" -gt 0 ]; then
    show_left=$(((($2 - show_done) / 1024) * watch_seconds / (show_done / 1024 + 1)))
    show_left="  $((show_left / 60)):$(printf '%02d' $((show_left % 60))) left"
  fi
  show_share=$((show_done / ($2 / 100 + 1)))
  show_facts="$(printf '%3d' "$show_share")%  $(size $((show_done / passes))) of $(size $(($2 / passes)))$show_left"
  if [ -t 1 ]; then
    show_bar=
    while [ ${#show_bar} -lt 24 ]; do
      if [ ${#show_bar} -lt $((show_share * 24 / 100)) ]; then show_bar="$show_bar#"; else show_bar="$show_bar-"; fi
    done
    printf '\r%79s\r  %-10s [%s] %s' '' "$1" "$show_bar" "$show_facts"
  else say "$(printf '  %-10s' "$1") $show_facts  $show_name"; fi
}

# with_number <file> <program> …: the program, with this standard input. Its number is in the file while it runs.
with_number() {
  with_file=$1
  shift
  { "$@" <&3 3<&- & } 3<&0
  printf '%s\n' "$!" >"$with_file"
  wait "$!"
  : >"$with_file"
}
