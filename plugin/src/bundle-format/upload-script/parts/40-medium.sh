
# --- the medium: signature and sums ----------------------------------------------------------------------------------

find_hash_program() {
  for hash_program in sha256sum shasum openssl busybox ''; do
    [ -z "$hash_program" ] || ! has "$hash_program" || break
  done
  [ -n "$hash_program" ] || stop 6 "there is no program that computes sha256" \
    "nothing can be checked without one" "install coreutils (sha256sum), perl (shasum), openssl or busybox"
}

# The 64 digits; nothing when the file cannot be read to its end.
sha256_of() {
  case $hash_program in
    sha256sum) sha256sum <"$1" 2>/dev/null | cut -c 1-64 ;;
    shasum) shasum -a 256 <"$1" 2>/dev/null | cut -c 1-64 ;;
    openssl) openssl dgst -sha256 -r <"$1" 2>/dev/null | cut -c 1-64 ;;
    busybox) busybox sha256sum <"$1" 2>/dev/null | cut -c 1-64 ;;
  esac
}

bytes_of() { (cd "${1%/*}/" && ls -lnL -- "${1##*/}") 2>/dev/null | awk 'NR == 1 { print $5 }'; }

# On a medium anything may lie in its place: a link that leads elsewhere, or more than a program should have to read.
is_signature() {
  [ -f "$1" ] && [ ! -L "$1" ] || return 1
  signature_bytes=$(bytes_of "$1")
  [ "${signature_bytes:-1048577}" -le 1048576 ]
}

# signature.judged.spec.ts compares it with what the other side answers (mirror/signing/counted-signature.ts).
check_signature() {
  signer=
  if [ "$layout" = sequence ] || is_spool; then check_signature_elsewhere; return 0; fi
  [ -n "$signers" ] || signers=$site/allowed_signers
  # Signers that are there and cannot be read are not passed over.
  if [ ! -e "$signers" ] && [ ! -L "$signers" ]; then
    [ "$require_signature" = no ] || stop 4 "no signers are configured on this side" \
      "a signature counts only by keys that were here before the medium; looked for $signers" \
      "write the senders' public keys into that file, a line each (man ssh-keygen, ALLOWED SIGNERS)"
    ! is_signature "$sums.sig" || say "  signature  there is one; nobody's signatures count here yet ($signers)"
    return 0
  fi
  # Compared where the folders really are: a link must not bring the medium's own file in.
  signers_in=$(cd "${signers%/*}/" && pwd -P)
  case $signers_in/ in
    "$folder"/*) stop 4 "the allowed signers lie on the medium itself: $signers" \
      "whoever can change the medium could sign it too" "keep that file on this side: $site/allowed_signers" ;;
  esac
  if [ -L "$signers" ]; then
    stop 4 "$signers is a symbolic link" "it could lead to the medium" "put the file itself there"
  fi
  if ! is_signature "$sums.sig"; then
    [ "$require_signature" = no ] || stop 4 "the medium is not signed: SHA256SUMS.sig is missing" \
      "--require-signature was given" "ask its sender for a signed one"
    warn "the medium is not signed, though signers are configured here; --require-signature refuses that"
    return 0
  fi
  has ssh-keygen || stop 6 "ssh-keygen is missing" "signers are configured, and it is what verifies them" \
    "install openssh-clients (openssh-client on Debian)"
  signer=$(ssh-keygen -Y find-principals -s "$sums.sig" -f "$signers" 2>/dev/null | sed -n 1p)
  if [ -z "$signer" ] ||
    ! ssh-keygen -Y verify -f "$signers" -I "$signer" -n seqmirror -s "$sums.sig" <"$sums" >/dev/null 2>&1; then
    stop 4 "the signature of SHA256SUMS is not one of this side's signers" \
      "the medium was changed after it was signed, or somebody else signed it; ${signer:+it claims to be $signer; }signers: $signers" \
      "do not upload it; ask its sender, by another way than the medium"
  fi
  say "  signature  by $signer"
}

# A sequence's own folder has none that covers its configuration. In the spool each volume's was verified when it was
# taken in, which its mark remembers.
check_signature_elsewhere() {
  if is_spool; then
    [ "$require_signature" = yes ] || return 0
    unsigned=
    missing_volume=1
    while [ "$missing_volume" -le "$volumes" ]; do
      grep -q -x signed -- "$spool/volume-$missing_volume" 2>/dev/null || unsigned="$unsigned $missing_volume"
      missing_volume=$((missing_volume + 1))
    done
    [ -z "$unsigned" ] || stop 4 "no signature was verified of volume$unsigned" "--require-signature was given" \
      "remove the folder $spool, then take the volumes in again with --require-signature"
    say "  signature  of each volume, when it was taken in"
    return 0
  fi
  [ "$require_signature" = no ] || stop 4 "a sequence's own folder carries no signature" \
    "--require-signature was given; what is signed is the SHA256SUMS of bundles, over every file" \
    "ask the sender for a signed bundle: nx run mirror-seq$number:bundle"
}

# Calls <function> <sha256> <path> for every line of a SHA256SUMS, in this shell.
for_each_sum() {
  while IFS= read -r sum_line || [ -n "$sum_line" ]; do
    sum_line=${sum_line%"$(printf '\r')"}
    case $sum_line in '' | '#'*) continue ;; esac
    sum_hash=${sum_line%% *}
    sum_path=${sum_line#* }
    sum_path=${sum_path#[ *]}
    { is_sha256 "$sum_hash" && is_path_below "$sum_path"; } ||
      stop 3 "SHA256SUMS has a line that is not a sha256 and a path below this folder: $sum_line" \
        "it was not written by seqmirror, or it was changed" "ask its sender for another medium"
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
    enclosed=
    [ ! -f "$folder/seqmirror-upload.js" ] || enclosed=seqmirror-upload.js
    for own in bundle.env "$config" $pinned $images $enclosed; do
      case $own_files in *" $own "*) ;; *) stop 3 "SHA256SUMS does not list $own" \
        "what decides over the upload must be covered by it" "ask the sender for another medium" ;; esac
    done
  fi
}

list_file() {
  listed_files=$((listed_files + 1))
  list_name=$2
  case $2 in */*) ;; *) is_name "$2" && own_files="$own_files$2 " ;; esac
  if [ ! -f "$folder/$2" ]; then
    absent=$absent$2$newline
  fi
  [ "$archives" = . ] || list_name=${2#"$archives"/}
  if is_archive "$list_name" && [ "$2" != "$archives/$list_name" ] && [ "$archives" != . ]; then return 0; fi
  is_archive "$list_name" || return 0
  archive_names=$archive_names$list_name$newline
  [ -f "$folder/$2" ] || return 0
  list_bytes=$(bytes_of "$folder/$2")
  is_number "$list_bytes" || stop 3 "$2 cannot be read" "its size is not known" "look at the medium: ls -l in $folder"
  archive_bytes=$((archive_bytes + list_bytes))
}

require_complete() {
  [ -z "$absent" ] || stop 3 "missing, of what SHA256SUMS lists: $(first_of "$absent")" \
    "the folder was copied in part, or links were copied instead of what they lead to" \
    "copy it again, with cp -rL, and read the copier's messages" "ask the sender for another medium"
}

check_sums() {
  if [ "$skip_sums" = yes ]; then
    say "  sums       not checked, as you asked"
    return 0
  fi
  damaged='' checked_bytes=0
  for_each_sum "$sums" check_file
  [ -z "$damaged" ] || stop 3 "damaged: $(first_of "$damaged")" \
    "they are not what was written when this was made; the others are sound" \
    "copy them from the medium again, then run this again" \
    "ask the sender for ${bundle:-$head} again$([ "$volumes" = 1 ] || printf ': --reissue %s --volume=%s' "$bundle" "$volume")"
  say "  sums       of $(count "$listed_files" file) computed, and right ($(size "$checked_bytes"))"
}

# The first of many lines, and how many more.
first_of() {
  printf '%s' "$1" | awk '
    NR <= 5 { printf "%s%s", (NR > 1 ? ", " : ""), $0 }
    END { if (NR > 5) printf " and %d more", NR - 5 }
  '
}

check_file() {
  if [ "$(sha256_of "$folder/$2")" = "$1" ]; then
    check_bytes=$(bytes_of "$folder/$2")
    checked_bytes=$((checked_bytes + ${check_bytes:-0}))
    return 0
  fi
  say "             damaged: $2" >&2
  damaged=$damaged$2$newline
}
