
# --- the medium: sums ------------------------------------------------------------------------------------------------

find_hash_program() {
  for hash_program in sha256sum shasum openssl busybox ''; do
    [ -z "$hash_program" ] || ! has "$hash_program" || break
  done
  [ -n "$hash_program" ] || stop 6 "there is no program that computes sha256" \
    "the script needs such a program to check files" "install coreutils (sha256sum), perl (shasum), openssl or busybox"
}

# The 64 digits; nothing when the file cannot be read to its end.
sha256_of() {
  case $hash_program in
    sha256sum) read_by sha256sum <"$1" ;;
    shasum) read_by shasum -a 256 <"$1" ;;
    openssl) read_by openssl dgst -sha256 -r <"$1" ;;
    busybox) read_by busybox sha256sum <"$1" ;;
  esac
}

read_by() {
  if [ -z "$watcher" ]; then "$@"; else with_number "$private/reader" "$@"; fi 2>/dev/null | cut -c 1-64
}

# Calls <function> <sha256> <path> for every line of a SHA256SUMS, in this shell.
for_each_sum() {
  while IFS= read -r sum_line || [ -n "$sum_line" ]; do
    sum_line=${sum_line%"$return_mark"}
    case $sum_line in '' | '#'*) continue ;; esac
    sum_hash=${sum_line%% *}
    sum_path=${sum_line#* }
    sum_path=${sum_path#[ *]}
    { is_sha256 "$sum_hash" && is_path_below "$sum_path"; } ||
      stop 3 "SHA256SUMS has a line that is not a sha256 and a path below this folder: $sum_line" \
        "seqmirror did not write this file, or it was changed" "ask the sender for another medium"
    case $sum_path in SHA256SUMS* | bundle-statement.env*)
      stop 3 "SHA256SUMS lists $sum_path" "SHA256SUMS must not list its own signature or statement" "ask the sender for another medium" ;;
    esac
    "$2" "$sum_hash" "$sum_path"
  done <"$1"
}

sum_of() {
  sum_found=
  sum_wanted=$2
  for_each_sum "$1" match_sum
  printf '%s' "$sum_found"
}

match_sum() { [ "$2" != "$sum_wanted" ] || sum_found=$1; }

is_archive() {
  case $1 in mirror_[0-9][0-9][0-9][0-9][0-9][0-9].tar) return 0 ;; esac
  return 1
}

# What is carried: the archives by their names in order, and the bytes of all.
list_archives() {
  archive_names='' archive_bytes=0 listed_files=0 absent='' own_files=' '
  for_each_sum "$sums" list_file
  archive_names=$(printf '%s' "$archive_names" | sort)
  if [ "$layout" = bundle ]; then
    enclosed='' listed_facts=bundle.env
    ! is_there seqmirror-upload.js || enclosed=seqmirror-upload.js
    for own in $listed_facts "$config" $pinned $images $enclosed; do
      case $own_files in *" $own "*) ;; *) stop 3 "SHA256SUMS does not list $own" \
        "SHA256SUMS must list every file that the upload uses" "ask the sender for another medium" ;; esac
    done
  fi
}

list_file() {
  listed_files=$((listed_files + 1))
  list_name=$2
  case $2 in */*) ;; *) is_name "$2" && own_files="$own_files$2 " ;; esac
  refuse_link "$2"
  [ -f "$folder/$2" ] || absent=$absent$2$newline
  [ "$archives" = . ] || list_name=${2#"$archives"/}
  if is_archive "$list_name" && [ "$2" != "$archives/$list_name" ] && [ "$archives" != . ]; then return 0; fi
  is_archive "$list_name" || return 0
  archive_names=$archive_names$list_name$newline
  [ -f "$folder/$2" ] || return 0
  list_bytes=$(bytes_of "$folder/$2")
  is_number "$list_bytes" || stop 3 "$2 cannot be read" "the script cannot find out its size" "check the medium: ls -l $folder"
  archive_bytes=$((archive_bytes + list_bytes))
}

# A link could lead anywhere, and elsewhere the next time. Of a sequence in its own place archives may be links.
refuse_link() {
  is_plain "$1" || [ ! -e "$folder/$1" ] || {
    [ "$layout" = sequence ] && is_archive "$1" && [ -f "$folder/$1" ]
  } || stop 3 "$1 is not a plain file, or is reached through a link" "a link could point to any file of this machine" \
    "copy the medium again, with cp -rL" "ask the sender for another medium"
}

# The private copy of a file, where there is one: what was decided by is what is hashed.
source_of() {
  source_of=$folder/$1
  case $1 in */*) ;; *) [ ! -f "$held/$1" ] || source_of=$held/$1 ;; esac
}

require_complete() {
  [ -z "$absent" ] || stop 3 "files of SHA256SUMS are missing: $(first_of "$absent")" \
    "only a part of the folder was copied, or links were copied instead of files" \
    "copy the folder again, with cp -rL, and read the messages of cp" "ask the sender for another medium"
}

check_sums() {
  if [ "$skip_sums" = yes ]; then
    say "  sums       not checked, as you asked"
    return 0
  fi
  damaged='' checked_bytes=0 sum_bytes=0
  for_each_sum "$sums" add_bytes
  progress_start sums "$sum_bytes"
  for_each_sum "$sums" check_file
  progress_stop
  [ -z "$damaged" ] || stop 3 "damaged: $(first_of "$damaged")" \
    "their hashes differ from SHA256SUMS; the other files are sound" \
    "copy these files from the medium again, then run the same command again" \
    "ask the sender for ${bundle:-$head} again$([ "$volumes" = 1 ] || printf ': --reissue %s --volume=%s' "$bundle" "$volume")"
  say "  sums       of $(count "$listed_files" file) computed and correct ($(size "$checked_bytes"))"
}

# The first of many lines, and how many more.
first_of() {
  printf '%s' "$1" | awk '
    NR <= 5 { printf "%s%s", (NR > 1 ? ", " : ""), $0 }
    END { if (NR > 5) printf " and %d more", NR - 5 }
  '
}

add_bytes() {
  added_bytes=$(bytes_of "$folder/$2")
  sum_bytes=$((sum_bytes + ${added_bytes:-0}))
}

check_file() {
  source_of "$2"
  check_bytes=$(bytes_of "$source_of")
  progress_at "$checked_bytes" reads "$private/reader" "$2"
  if [ "$(sha256_of "$source_of")" = "$1" ]; then
    checked_bytes=$((checked_bytes + ${check_bytes:-0}))
    return 0
  fi
  clear_bar
  say "             damaged: $2" >&2
  damaged=$damaged$2$newline
}
