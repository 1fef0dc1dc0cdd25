
# --- by whom the medium is -------------------------------------------------------------------------------------------

# On a medium anything may lie in its place: a link that leads elsewhere, or more than a program should have to read.
is_signature() {
  [ -f "$1" ] && [ ! -L "$1" ] || return 1
  signature_bytes=$(bytes_of "$1")
  [ "${signature_bytes:-1048577}" -le 1048576 ]
}

signature_names='SHA256SUMS.sig bundle-statement.env bundle-statement.env.sig bundle-statement.env.sig.2'

hold_signatures() {
  for signature_name in $signature_names; do
    ! is_signature "$folder/$signature_name" || hold "$signature_name" 16
  done
}

# settings of the site folder. A key that is not known is not passed over: it could be one of these, mistyped.
read_settings() {
  threshold=1 settings_site='' old_signatures=refuse
  settings=$site/settings
  [ -e "$settings" ] || [ -L "$settings" ] || return 0
  { [ -f "$settings" ] && [ ! -L "$settings" ] && [ -r "$settings" ]; } ||
    stop 2 "$settings is not a readable file" "this file contains the settings of this site" "check the file: ls -l $site"
  while IFS= read -r line || [ -n "$line" ]; do
    value=${line#*=}
    case $line in
      '' | '#'*) ;;
      threshold=[1-2]) threshold=$value ;;
      site=?*) settings_site=$value ;;
      max_nested_paths=?*)
        is_depth "$value" || stop 2 "$settings: $value is not a number from 2 to 20" \
          "max_nested_paths is the most parts of a repository path that the registry accepts" "write a number from 2 to 20"
        [ -n "$max_nested_paths" ] || max_nested_paths=$value
        ;;
      old_signatures=accept | old_signatures=refuse) old_signatures=$value ;;
      *) stop 2 "$settings has an unknown line: $line" "the script does not ignore a setting that it does not know" \
        "correct the line; possible settings are threshold=1 or 2, site=<code name>, max_nested_paths=2 to 20, old_signatures=accept or refuse" ;;
    esac
  done <"$settings"
}

# Where the signers are. Those that are named or there, and cannot be read, are not passed over.
find_signers() {
  has_signers=yes
  : "${signers:=$site/allowed_signers}"
  if [ "$signers" = "$site/allowed_signers" ]; then
    [ -e "$signers" ] || [ -L "$signers" ] || has_signers=no
  fi
  if [ "$has_signers" = no ]; then
    [ "$threshold" = 1 ] || stop 4 "$site/settings requires $threshold signatures, and no signers are configured" \
      "without a list of signers, the script accepts no signature" "write the senders' public keys into $signers (man ssh-keygen, ALLOWED SIGNERS)"
    return 0
  fi
  revoked_signers=${signers%/*}/revoked_signers
  refuse_signers_of_medium "$signers"
  if [ -e "$revoked_signers" ] || [ -L "$revoked_signers" ]; then
    refuse_signers_of_medium "$revoked_signers"
    read_revoked
  else
    revoked_signers=
  fi
}

# Compared where the folders really are: a link must not bring the medium's own file in.
refuse_signers_of_medium() {
  signers_in=$(cd "${1%/*}/" 2>/dev/null && pwd -P)
  case $signers_in/ in
    "$folder"/*) stop 4 "${1##*/} is on the medium: $1" \
      "a person who can change the medium could add a key to this file" "keep this file in the site folder: $site/${1##*/}" ;;
  esac
  [ ! -L "$1" ] || stop 4 "$1 is a symbolic link" "the link could point to the medium" "replace the link with the file itself"
  { [ -f "$1" ] && [ -r "$1" ]; } || stop 4 "$1 is not a readable file" \
    "this file lists signers, so the script does not ignore it" "check the file: ls -l $1"
}

# Keys a line each, with or without names before them, or a revocation list of ssh-keygen's own.
read_revoked() {
  [ "$(dd if="$revoked_signers" bs=6 count=1 2>/dev/null | tr -cd '[:upper:]')" != SSHKRL ] || return 0
  awk '
    /^[ \t]*(#|$)/ { next }
    {
      for (i = 1; i < NF; i++) if ($i ~ /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+$/) { print $i, $(i + 1); next }
      exit 1
    }
  ' "$revoked_signers" >"$private/revoked" || stop 4 "$revoked_signers has a line without a key" \
    "the script cannot tell which key is revoked, so it accepts no signature" "write one public key per line: ssh-ed25519 AAAA…"
  revoked_signers=$private/revoked
}

# counted_signature <file> <signature> <namespace>: whether it is by one of the signers. Leaves who and by which key.
# signature.judged.spec.ts compares it with what the other side answers (mirror/signing/counted-signature.ts).
counted_signature() {
  counted_by=$(ssh-keygen -Y find-principals -s "$2" -f "$signers" 2>/dev/null | sed -n 1p)
  [ -n "$counted_by" ] || return 1
  counted_file=$1 counted_signature=$2 counted_space=$3
  set -- -f "$signers" -I "$counted_by" -n "$counted_space" -s "$counted_signature"
  [ -z "$revoked_signers" ] || set -- "$@" -r "$revoked_signers"
  counted_said=$(ssh-keygen -Y verify "$@" <"$counted_file" 2>/dev/null) || return 1
  counted_key=${counted_said##* }
}

# What a medium that is not signed is taken for: nothing, where signers are configured; else what was asked for.
unsigned() {
  [ "$require_signature" = yes ] || [ "$has_signers" = yes ] || return 0
  if [ "$allow_unsigned" = yes ]; then
    warn "$1; accepted because of --allow-unsigned"
    return 0
  fi
  unsigned_why="signers are configured on this side ($signers)"
  [ "$require_signature" = no ] || unsigned_why="--require-signature was given"
  stop 4 "$1" "$unsigned_why, so the script accepts only signed media" "$2" \
    "if the sender has confirmed this medium: run the same command with --allow-unsigned"
}

wrong_signature() {
  stop 4 "the signature of $1 is not one of this side's signers" \
    "the medium was changed after it was signed, another person signed it, or the key was revoked; ${counted_by:+the signature names $counted_by; }signers: $signers" \
    "do not upload the medium; ask the sender by phone or mail"
}

check_signature() {
  signer='' statement_verified=no
  read_settings
  find_signers
  if is_spool; then
    check_signatures_of_spool
    return 0
  fi
  check_signature_of "$held"
}

# check_signature_of <folder of copies>: SHA256SUMS there, by the statement of its sender.
check_signature_of() {
  copies=$1 counted_by=
  if [ "$has_signers" = no ]; then
    [ "$require_signature" = no ] || stop 4 "no signers are configured on this side" \
      "--require-signature was given, and the file $signers does not exist" \
      "write the senders' public keys into this file, one key per line (man ssh-keygen, ALLOWED SIGNERS)"
    if [ -f "$copies/bundle-statement.env.sig" ] || [ -f "$copies/SHA256SUMS.sig" ]; then
      say "  signature  not checked: this site has no list of signers ($signers)"
    fi
    # What nobody vouches for may still say until when it is good, and for whom.
    [ ! -f "$copies/bundle-statement.env" ] || check_statement "$copies"
    return 0
  fi
  has ssh-keygen || stop 6 "ssh-keygen is missing" "signers are configured, and the script verifies signatures with ssh-keygen" \
    "install openssh-clients (openssh-client on Debian)"
  if [ "$layout" = sequence ]; then
    unsigned "the folder of a single sequence has no signature" \
      "ask the sender for a signed bundle: nx run mirror-seq$number:bundle"
  elif [ -f "$copies/bundle-statement.env" ] && [ -f "$copies/bundle-statement.env.sig" ]; then
    count_signatures
    check_statement "$copies"
    statement_verified=yes
    say "  signature  by $signer"
  elif [ -n "$statement" ]; then
    unsigned "the medium is not signed: bundle.env names a statement, and ${statement} or its .sig is missing" \
      "copy the medium again, with both files, or ask the sender for another medium"
  elif [ -f "$copies/SHA256SUMS.sig" ]; then
    counted_signature "$copies/SHA256SUMS" "$copies/SHA256SUMS.sig" seqmirror || wrong_signature SHA256SUMS
    check_old_signature
  else
    unsigned "the medium is not signed: bundle-statement.env.sig is missing" "ask the sender for a signed medium"
  fi
}

# As many people as the settings ask for, each by a key of its own.
count_signatures() {
  count_file=$copies/bundle-statement.env count_keys=' ' count_people=$newline count_by='' count=0
  for count_signature in "$count_file.sig" "$count_file.sig.2"; do
    [ -f "$count_signature" ] || continue
    counted_signature "$count_file" "$count_signature" seqmirror-bundle || wrong_signature bundle-statement.env
    case $count_keys in *" $counted_key "*) continue ;; esac
    case $count_people in *"$newline$counted_by$newline"*) continue ;; esac
    count_keys="$count_keys$counted_key "
    count_people=$count_people$counted_by$newline
    count_by=${count_by:+$count_by and }$counted_by
    count=$((count + 1))
  done
  signer=$count_by
  [ "$count" -ge "$threshold" ] || stop 4 "the medium is signed by $count of $threshold people: $signer" \
    "threshold=$threshold in $site/settings requires signatures by different people, each with their own key" \
    "ask the sender for the second signature, bundle-statement.env.sig.2: nx run $mirror:countersign --path=<medium>"
}

# Before 0.1.0, SHA256SUMS was signed, and nothing said for whom, until when, and of which mirror.
check_old_signature() {
  signer=$counted_by
  if [ "$old_signatures" = accept ] && [ "$threshold" = 1 ]; then
    say "  signature  by $signer, in the old format without a statement: old_signatures=accept in $site/settings"
    return 0
  fi
  unsigned "the medium has a signature in the old format, by $signer, without a statement" \
    "ask the sender for a bundle of a newer seqmirror; or, until all old bundles have arrived, write old_signatures=accept into $site/settings"
}

unlike_statement() {
  stop 4 "the statement is not about this medium: $1" \
    "the statement was signed for another bundle, or the medium contains files of several bundles" \
    "do not upload the medium; ask the sender by phone or mail"
}

# check_statement <folder of copies>: what was signed is about this bundle, this site, and now.
check_statement() {
  read_statement "$1/bundle-statement.env"
  [ "$st_purpose" = bundle ] || unlike_statement "its purpose is ${st_purpose:-(none)}"
  [ "$st_mirror" = "$mirror" ] || unlike_statement "it is of the mirror $st_mirror, and bundle.env names $mirror"
  [ "$st_head_number" = "$number" ] || unlike_statement "its newest sequence is number $st_head_number, and bundle.env says $number"
  [ "$st_head" = "seq$number" ] || unlike_statement "its newest sequence is $st_head, and bundle.env names seq$number"
  [ "$st_seal" = "$seal" ] || unlike_statement "its seal is another than that of bundle.env"
  [ "$st_transfer" = "${bundle:-$head}" ] || unlike_statement "it is of $st_transfer, and bundle.env of ${bundle:-$head}"
  [ "$st_sums" = "sha256:$(sha256_of "$1/SHA256SUMS")" ] || unlike_statement "SHA256SUMS is another than the one that was signed"
  check_expiry
  check_site
}

check_expiry() {
  [ -n "$st_expires" ] || return 0
  expiry_now=$(now)
  # No reason to stop: a machine that nobody ever gave the time would take no bundle at all.
  [ -z "$st_made" ] || awk -v now="$expiry_now" -v made="$st_made" 'BEGIN { exit !((now "") >= (made "")) }' ||
    warn "this machine's clock says $expiry_now, and the medium was made on $st_made: one of two clocks is wrong, so the script cannot check when the medium expires ($st_expires)"
  awk -v now="$expiry_now" -v end="$st_expires" 'BEGIN { exit !((now "") < (end "")) }' ||
    stop 4 "the medium has expired: it was good until $st_expires" \
      "the signed statement sets this time; this machine's clock says $expiry_now" \
      "ask the sender for a new bundle; if the clock is wrong, set it"
}

check_site() {
  [ -n "$st_sites" ] || return 0
  know_site
  if [ -z "$this_site" ]; then
    say "  for        $st_sites; this side has not set its own name: site=<code name> in"
    say "             $site/settings"
    return 0
  fi
  case ,$st_sites, in
    *,"$this_site",*) ;;
    *) stop 4 "the medium is for $st_sites, and this site is $this_site" \
      "the signed statement names these sites" "send the medium to that site, or ask the sender for a bundle for this site" ;;
  esac
}

# Which site this is: as its settings say, else as given, else as the first bundle said that was for one alone.
know_site() {
  this_site=$settings_site
  [ -n "$this_site" ] || this_site=$site_name
  [ -n "$this_site" ] || this_site=$(recorded site-name)
}

# Strict: one key a line, each once. Keys that a later version adds are passed over.
read_statement() {
  st_purpose='' st_mirror='' st_transfer='' st_head='' st_head_number='' st_seal='' st_sites='' st_made='' st_expires='' st_sums=''
  st_keys=' '
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *[!\ -~]*) damaged_facts "bundle-statement.env has a line that is not printable ASCII: $line" ;; esac
    st_key=${line%%=*} value=${line#*=}
    case $line in *=*) ;; *) damaged_facts "bundle-statement.env has a line without a key: $line" ;; esac
    case $st_key in '' | *[!a-z0-9_]*) damaged_facts "bundle-statement.env has an invalid key: $st_key" ;; esac
    case $st_keys in *" $st_key "*) damaged_facts "bundle-statement.env contains $st_key twice" ;; esac
    st_keys="$st_keys$st_key "
    case $st_key in
      purpose) st_purpose=$value ;;
      mirror) st_mirror=$value ;;
      transfer) st_transfer=$value ;;
      head) st_head=$value ;;
      head_number) st_head_number=$value ;;
      seal) st_seal=$value ;;
      sites) st_sites=$value ;;
      made) st_made=$value ;;
      expires) st_expires=$value ;;
      sums) st_sums=$value ;;
    esac
  done <"$1"
  is_list "$st_sites" || damaged_facts "bundle-statement.env: sites=$st_sites"
  [ -z "$st_made" ] || is_time "$st_made" || damaged_facts "bundle-statement.env: made=$st_made"
  [ -z "$st_expires" ] || is_time "$st_expires" || damaged_facts "bundle-statement.env: expires=$st_expires"
}
