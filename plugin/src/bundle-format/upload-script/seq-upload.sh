#!/bin/sh
# seq-upload.sh: uploads what this folder carries to a registry, on the far side of an air gap.
#
# One constant script a release of seqmirror; its sha256 is published with it. All that varies is data in files beside it,
# which are read as text and never evaluated. It runs under dash, busybox sh and bash, and works in two layouts:
#
# * a transfer bundle: bundle.env, SHA256SUMS over every file, archives/mirror_000001.tar …, imageset-config.yaml;
# * a sequence's own folder, copied with `cp -rL`: seq-metadata.yaml, SHA256SUMS over the archives beside it, and
#   seq-upload.env, which names the mirror and the list of images.
#
# bundle.env has one `key=value` a line, no quoting, values up to the line's end. Unknown keys are passed over.
#
#   format=seqmirror-bundle/1          what can read this
#   mirror=platform                    id of the mirror: names the site folder
#   bundle=T0007                       the same on every volume; letters, digits, dots, hyphens, underscores
#   kind=site                          baseline, cumulative, individual, site or sequence
#   sites=bravo,delta                  whom it was made for; for people
#   number=3                           of the sequence that the registry stands at afterwards, the head
#   folder=seq3-add-ubi9
#   seal=sha256:…
#   description=add ubi9
#   made=2026-11-24T06:08:52Z
#   config=imageset-config.yaml        of the head
#   pinned=imageset-config.pinned.yaml the same with every tag resolved; taken where oc-mirror is 4.22 or later
#   images=images.txt                  what the registry has afterwards, repository@digest a line: for the receipt
#   archives=archives                  the folder of the archives; `.` where they lie beside this script
#   volume=2                           which of the volumes this is; `all` where they were put together
#   volumes=3
#   needs=<seal> <number> <folder>     a line each: what the site must have, besides what is carried; of several with
#                                      `or` between them, one
#   holds=<seal> <number> <folder>     a line each: sequences before the head whose archives are carried whole
#   split=<name> <sha256> <parts>      a line each: an archive in pieces, parts/<name>.001 … over all volumes
#
# The site folder on this side, one for each mirror:
#
#   ledger                a line for each upload: seal, number, folder, time, registry, by what
#   cache/                oc-mirror's; cache/seqmirror-imported says which sequences are in it
#   spool/                volumes that were taken in, put together as one bundle
#   cluster-resources/    what was made for the cluster by each upload
#   logs/ work/ lock/     of runs
#   allowed_signers       written by this side's people: whose signatures count (ssh-keygen, ALLOWED SIGNERS)
#   receipts/             for the sender, one for each upload
#   receipt_key           of this side's people: signs receipts, where it is there (ssh-keygen)
version=0.1.0
set -u
set -f
umask 022
LC_ALL=C
export LC_ALL
unset CDPATH
IFS=' 	
'
newline='
'

# --- words -----------------------------------------------------------------------------------------------------------

# Bytes of what a terminal may obey without showing it: C1 controls; marks that turn, join or hide text; line separators.
hidden_c1=$(printf '\302[\200-\237]')
hidden_marks=$(printf '\342\200[\213-\217\250-\256]')
hidden_isolates=$(printf '\342\201[\240-\257]')

escape=$(printf '\033')

# Standard input on one line, without colours and control characters.
clean() {
  tr '\n\t' '  ' |
    sed -e "s/$escape\\[[0-9;]*m//g" -e "s/$hidden_c1//g" -e "s/$hidden_marks//g" -e "s/$hidden_isolates//g" |
    tr -d '\001-\037\177'
}

say() {
  printf '%s' "$*" | clean
  printf '\n'
}

# stop <exit code> <what> <why> <next>…: three ways on are three arguments.
stop() {
  stop_code=$1
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
  } >&2
  exit "$stop_code"
}

warn() { say "Warning: $*" >&2; }

# Bytes for people: binary, one decimal, rounded up.
size() {
  if [ "$1" -ge 1073741824 ]; then size_of "$1" 1073741824 G
  elif [ "$1" -ge 1048576 ]; then size_of "$1" 1048576 M
  else size_of "$1" 1024 K; fi
}

size_of() {
  size_tenths=$((($1 * 10 + $2 - 1) / $2))
  printf '%s.%s%s' "$((size_tenths / 10))" "$((size_tenths % 10))" "$3"
}

# count 3 file: 3 files
count() {
  printf '%s %s' "$1" "$2"
  [ "$1" -eq 1 ] || printf s
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

has() { command -v "$1" >/dev/null 2>&1; }

# --- what values may look like ---------------------------------------------------------------------------------------

is_number() {
  case $1 in '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;; esac
}

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
  case $1 in '' | /* | -* | *"\\"* | ../* | */../* | */.. | .. | *[[:cntrl:]]*) return 1 ;; esac
}

is_sequence() { is_seal "$1" && is_number "$2" && is_name "$3"; }

# --- what was asked for ----------------------------------------------------------------------------------------------

help() {
  cat <<END
Uploads what this folder carries to a registry that is disconnected from the internet.
seq-upload.sh $version; README.txt beside it says what is carried.

Usage: ./seq-upload.sh [registry] [options]      check everything, then upload
       ./seq-upload.sh check [options]           check the medium only
       ./seq-upload.sh ingest [options]          take this disc in, when a bundle has several
       ./seq-upload.sh status [options]          what this site has

  registry                host[:port][/namespace]; default: where this site uploaded last, else
                          this machine's name with port 8443

  --dry-run               say what would be done, change nothing; in any place
  --help, -h              this page
  --authfile=<file>       credentials for the registry (podman login --authfile)
  --dest-tls-verify=false the registry has no TLS that this machine trusts
  --black-hole            let nothing reach the internet: proxies lead nowhere, no registries.conf
  --engine=<name>         auto (default), oc-mirror, or enclosed (seqmirror-upload.js with Node)
  --oc-mirror=<program>   default: SEQMIRROR_OC_MIRROR, else the one in PATH
  --port=<number>         for the registry that oc-mirror runs over its cache; default: a free one
  --site-dir=<folder>     what this site remembers: ledger, cache, spool; default:
                          SEQMIRROR_SITE_DIR, else ~/.seqmirror/<mirror>
  --cache-dir=<folder>    oc-mirror's cache; default: cache in the site folder
  --allowed-signers=<file> whose signatures count; default: SEQMIRROR_ALLOWED_SIGNERS, else
                          allowed_signers in the site folder; never a file of the medium
  --require-signature     refuse a medium that is not signed by one of them
  --skip-sums             do not hash the archives again (they were checked just before)
  --site=<code name>      which site this is, for the receipt; default: whom the bundle was made for
  --no-receipt            write none
  --again                 upload what the ledger says is there already
  --roll-back             upload an older sequence over a newer one: tags go back
  --assume-base           the ledger knows less than is there: do not ask for the sequences before

Exit codes:
  0  done, or nothing to do          6  a program is missing: it says which and where to get it
  1  a mistake in this script        7  no space, or a folder that cannot be written
  2  wrong use                       8  the upload failed: run again, it goes on
  3  medium damaged or incomplete    9  another run is at work in the site folder
  4  signature wrong or absent     130  interrupted: run again, it goes on
  5  order: something is to be uploaded before, or newer content is there
END
}

misused() { stop 2 "$1" "nothing was done" "./seq-upload.sh --help shows every option"; }

# A path as typed, from the folder in which it was typed. A letter behind a path keeps line breaks at its end, which
# $( ) would cut off.
absolute() {
  case $1 in
    '' | /*) absolute=$1 ;;
    *) absolute=$started_in/$1 ;;
  esac
}

started_in=$(pwd -P; printf x)
started_in=${started_in%"$newline"x}
command=upload
registry=
dry_run=no
authfile=${REGISTRY_AUTH_FILE:-}
tls_verify=true
black_hole=no
engine=auto
oc_mirror=${SEQMIRROR_OC_MIRROR:-}
port=
site=${SEQMIRROR_SITE_DIR:-}
cache=
signers=${SEQMIRROR_ALLOWED_SIGNERS:-}
require_signature=no
skip_sums=no
again=no
site_name=
receipt=yes
roll_back=no
assume_base=no

words=0
while [ $# -gt 0 ]; do
  argument=$1
  shift
  case $argument in
    --authfile | --dest-tls-verify | --engine | --oc-mirror | --port | --site | --site-dir | --cache-dir | --allowed-signers)
      [ $# -gt 0 ] || misused "$argument needs a value"
      argument=$argument=$1
      shift
      ;;
  esac
  case $argument in
    --help | -h) help; exit 0 ;;
    --dry-run) dry_run=yes ;;
    --authfile=?*) absolute "${argument#*=}"; authfile=$absolute ;;
    --dest-tls-verify=true) tls_verify=true ;;
    --dest-tls-verify=false) tls_verify=false ;;
    --black-hole) black_hole=yes ;;
    --engine=auto | --engine=oc-mirror | --engine=enclosed) engine=${argument#*=} ;;
    --oc-mirror=?*) absolute "${argument#*=}"; oc_mirror=$absolute ;;
    --port=?*)
      port=${argument#*=}
      { is_number "$port" && [ "$port" -le 65535 ]; } || misused "--port=$port is not a port"
      ;;
    --site-dir=?*) absolute "${argument#*=}"; site=$absolute ;;
    --cache-dir=?*) absolute "${argument#*=}"; cache=$absolute ;;
    --allowed-signers=?*) absolute "${argument#*=}"; signers=$absolute ;;
    --require-signature) require_signature=yes ;;
    --skip-sums) skip_sums=yes ;;
    --site=?*) site_name=${argument#*=} ;;
    --no-receipt) receipt=no ;;
    --again) again=yes ;;
    --roll-back) roll_back=yes ;;
    --assume-base) assume_base=yes ;;
    -*) misused "$argument is not an option of this script" ;;
    *)
      words=$((words + 1))
      case $words:$argument in
        1:upload | 1:check | 1:ingest | 1:status) command=$argument ;;
        *)
          [ -z "$registry" ] || misused "there are two registries: $registry and $argument"
          registry=${argument#docker://}
          ;;
      esac
      ;;
  esac
done

case $registry in
  '') ;;
  http://* | https://*) misused "$registry: a registry is named without ${registry%%//*}//" ;;
  [!A-Za-z0-9[]* | *[!A-Za-z0-9._:/@[\]-]* | */ | *//* | *@*) misused "$registry is not host[:port][/namespace]" ;;
esac
absolute "$site"
site=$absolute
absolute "$signers"
signers=$absolute

# --- what this folder carries ----------------------------------------------------------------------------------------

script_folder() {
  case $0 in
    */*) script_in=${0%/*} ;;
    *) script_in=. ;;
  esac
  case $script_in in /*) ;; *) script_in=./$script_in ;; esac
  cd "$script_in/" && pwd -P && printf x
}

folder=$(script_folder) ||
  stop 1 "the folder of this script cannot be entered" "it was started as $0" "cd into it, then ./seq-upload.sh"
folder=${folder%"$newline"x}

forget_facts() {
  layout='' format='' mirror='' bundle='' kind='' sites='' number='' head='' seal='' previous=''
  description='' made='' config='' pinned='' images='' archives='' volume=1 volumes=1 needs='' holds='' splits='' dependencies=''
}

damaged_facts() {
  stop 3 "$1" "this script reads records as seqmirror writes them; others it does not guess at" \
    "copy the medium again, or ask its sender for another"
}

read_facts() {
  forget_facts
  if [ -f "$folder/bundle.env" ]; then
    layout=bundle
    facts_file=bundle.env
    read_bundle_env
  elif [ -f "$folder/seq-metadata.yaml" ]; then
    layout=sequence
    facts_file=seq-metadata.yaml
    read_sequence_metadata
  else
    stop 3 "there is neither bundle.env nor seq-metadata.yaml beside this script" \
      "one of them says what the archives in $folder are" "copy the whole folder, then run the script inside the copy"
  fi
  is_sequence "$seal" "$number" "$head" ||
    damaged_facts "$facts_file does not say which sequence this is (number, folder, seal)"
  is_name "$config" || damaged_facts "$facts_file names no imageset configuration that lies beside this script"
  [ -z "$pinned" ] || is_name "$pinned" || damaged_facts "$facts_file names a pinned configuration elsewhere"
  [ -z "$images" ] || is_name "$images" || damaged_facts "$facts_file names a list of images elsewhere"
  [ "$archives" = . ] || is_name "$archives" || damaged_facts "$facts_file names a folder of archives elsewhere"
  { is_number "$volumes" && [ "$volumes" -ge 1 ] && [ "$volumes" -le 9999 ]; } || damaged_facts "$facts_file: volumes=$volumes"
  [ "$volume" = all ] || { is_number "$volume" && [ "$volume" -ge 1 ] && [ "$volume" -le "$volumes" ]; } ||
    damaged_facts "$facts_file: volume=$volume of $volumes"
  sums=$folder/SHA256SUMS
  [ -f "$sums" ] || stop 3 "SHA256SUMS is missing" "without it nobody can tell whether the archives arrived whole" \
    "copy the whole folder again, or ask its sender for another"
}

read_bundle_env() {
  config=imageset-config.yaml archives=archives
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$(printf '\r')"}
    value=${line#*=}
    case $line in
      '' | '#'*) ;;
      format=*) format=$value ;;
      mirror=*) mirror=$value ;;
      bundle=*) bundle=$value ;;
      kind=*) kind=$value ;;
      sites=*) sites=$value ;;
      number=*) number=$value ;;
      folder=*) head=$value ;;
      seal=*) seal=$value ;;
      description=*) description=$value ;;
      made=*) made=$value ;;
      config=*) config=$value ;;
      pinned=*) pinned=$value ;;
      images=*) images=$value ;;
      archives=*) archives=$value ;;
      volume=*) volume=$value ;;
      volumes=*) volumes=$value ;;
      needs=*) needs=$needs$value$newline ;;
      holds=*) holds=$holds$value$newline ;;
      split=*) splits=$splits$value$newline ;;
      *=*) ;;
      *) damaged_facts "bundle.env has a line without a key: $line" ;;
    esac
  done <"$folder/bundle.env"
  [ "$format" = seqmirror-bundle/1 ] ||
    stop 3 "bundle.env is of the format ${format:-(none)}" "this script reads seqmirror-bundle/1" \
      "use the seq-upload.sh of the same bundle"
  is_name "$mirror" || damaged_facts "bundle.env does not name its mirror"
  [ "$volumes" = 1 ] || is_name "$bundle" || damaged_facts "bundle.env does not name its bundle"
}

# seq-metadata.yaml as seqmirror writes it: top-level keys, plain values, or a literal block for odd ones.
read_sequence_metadata() {
  config=imageset-config.yaml archives=. kind=sequence
  head=${folder##*/}
  number=$(metadata_value sequence_number)
  seal=$(metadata_value seal)
  previous=$(metadata_value previous)
  description=$(metadata_value description)
  made=$(metadata_value timestamp)
  [ -f "$folder/imageset-config.pinned.yaml" ] && pinned=imageset-config.pinned.yaml
  dependencies=$(awk '
    /^air_gapped_transfer:/ { inside = 1; next }
    /^[^ #]/ { inside = 0 }
    inside && /^  [a-z_]+:/ { list = ($1 == "dependencies:") }
    inside && list && /^ *- seq[0-9]+$/ { sub(/^ *- seq/, ""); print }
  ' "$folder/seq-metadata.yaml")
  is_seal "$seal" || stop 3 "this seq-metadata.yaml has no seal" \
    "it was written by the original script, which did not prove what it mirrored" \
    "on the connected side: nx g seqmirror:adopt, then carry the sequence again"
  read_sequence_env
  # The folder may have been renamed on its way; what people see is its number then.
  case $head in seq"$number"-*) is_name "$head" || head=seq$number-renamed ;; *) head=seq$number-renamed ;; esac
}

# seq-upload.env: what records of a sequence do not say. One key=value a line; copies made by hand may lack it.
read_sequence_env() {
  [ -f "$folder/seq-upload.env" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$(printf '\r')"}
    value=${line#*=}
    case $line in
      format=*) format=$value ;;
      mirror=*) mirror=$value ;;
      seal=*) [ "$value" = "$seal" ] || damaged_facts "seq-upload.env is of another sequence than seq-metadata.yaml" ;;
      images=*) images=$value ;;
    esac
  done <"$folder/seq-upload.env"
  [ "$format" = seqmirror-sequence/1 ] ||
    stop 3 "seq-upload.env is of the format ${format:-(none)}" "this script reads seqmirror-sequence/1" \
      "use the seq-upload.sh of the same folder"
  is_name "$mirror" || damaged_facts "seq-upload.env does not name its mirror"
}

metadata_value() {
  awk -v key="$1:" '
    found { sub(/^ +/, ""); print; exit }
    $1 == key && /^[a-z]/ {
      sub(/^[a-z_]+: */, "")
      if ($0 == "|-" || $0 == "|") { found = 1; next }
      sub(/ +#.*$/, "")
      print
      exit
    }
  ' "$folder/seq-metadata.yaml"
}

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
      stop 5 "$registry stands at $current_folder, uploaded $current_time; this is $head" \
        "tags and catalogs would go back to what they were then" \
        "leave it: what is newer holds what the cluster needs" \
        "upload what is newer than $current_folder; ./seq-upload.sh status shows what is there" \
        "go back on purpose: the same command with --roll-back"
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
  check_previous
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
  ' || stop 5 "seq$((number - 1)) of this site is another one than $head was made on" \
    "their seals differ: this folder belongs to another chain, or that sequence was made again" \
    "ask the sender which is right; ./seq-upload.sh status shows what is here" \
    "give this chain a site folder of its own: --site-dir=<folder>" \
    "if you know that it fits: the same command with --assume-base"
}

refuse_base() {
  lacking=${lacking%, }
  base_place="uploaded to $registry before"
  base_why="its archives leave out what those brought; alone it would end half-way in \"manifest unknown\""
  if [ "$engine" = oc-mirror ]; then
    base_place="in oc-mirror's cache ($cache)"
    [ "$current_number" -eq 0 ] || base_why="$base_why; $registry has $current_folder, but oc-mirror copies out of its cache"
  fi
  stop 5 "$head cannot be uploaded yet: it needs $lacking, which this side has not $base_place" "$base_why" \
    "upload $lacking first, from what carried it$(beside "$lacking"); ./seq-upload.sh status shows what is here" \
    "ask the sender for a bundle that needs nothing: nx run mirror-seq$number:bundle --fresh" \
    "if you know that it is there, imported by hand: the same command with --assume-base"
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

# --- several volumes: taken in one after another, put together as one bundle -----------------------------------------

name_spool() { spool=$site/spool/${bundle:-seq$number}.$(printf '%s' "${seal#sha256:}" | cut -c 1-12).$volumes; }

# Only what was taken in here is believed to be `volume=all`: a medium that says so of itself is checked as one.
is_spool() { [ "$volume" = all ] && [ "$folder" = "$(cd "$spool/" 2>/dev/null && pwd -P)" ]; }

missing_volumes() {
  missing='' missing_volume=1
  while [ "$missing_volume" -le "$volumes" ]; do
    [ -f "$spool/volume-$missing_volume" ] || missing="$missing$missing_volume, "
    missing_volume=$((missing_volume + 1))
  done
  missing=${missing%, }
}

use_spool() {
  name_spool
  # A single volume with archives in pieces is put together like several.
  [ "$volumes" -gt 1 ] || [ -n "$splits" ] || return 0
  if is_spool; then return 0; fi
  [ "$volume" != all ] || stop 3 "bundle.env says that all volumes are together here, and they were not taken in here" \
    "only ./seq-upload.sh ingest puts volumes together, in $site/spool" "run ingest from each volume"
  missing_volumes
  if [ ! -f "$spool/bundle.env" ]; then
    stop 5 "this is volume $volume of $volumes of ${bundle:-this bundle}; still to be taken in: volume ${missing:-$volume}" \
      "images are spread over all volumes, so the upload begins when the last one was read" \
      "run ./seq-upload.sh ingest from volume ${missing:-$volume}, then the same again" \
      "a volume is lost: ask the sender to make it again: --reissue ${bundle:-<transfer>} --volume=<number>" \
      "ask the sender for a bundle on another medium, with fewer volumes"
  fi
  folder=$(cd "$spool/" && pwd -P)
  read_facts
  say "  spool      all $volumes volumes were taken in: $folder"
}

ingest() {
  { [ "$layout" = bundle ] && [ "$volume" != all ]; } || stop 2 "there is no volume to take in here" \
    "ingest is for the volumes of a bundle" "./seq-upload.sh uploads what is here"
  name_spool
  if [ "$dry_run" = yes ]; then
    check_medium
    say "Would copy $(count "$listed_files" file) to $spool. Dry run complete: nothing was changed."
    exit 0
  fi
  enter_site
  if [ -f "$spool/volume-$volume" ] || [ -f "$spool/bundle.env" ]; then
    say "Volume $volume is taken in already."
  else
    take_volume
  fi
  missing_volumes
  if [ -n "$missing" ]; then
    say "Still to be taken in: volume $missing of $volumes. Next: ./seq-upload.sh ingest from each."
    return 0
  fi
  [ -f "$spool/bundle.env" ] || put_together
  say "All of ${bundle:-it} is here. Next, from any of its volumes or in $spool:"
  say "  ./seq-upload.sh <registry>"
}

take_volume() {
  check_signature
  list_archives
  require_complete
  mkdir -p -- "$spool" || stop 7 "$spool cannot be made" "volumes are put together there" "give --site-dir=<folder>"
  take_bytes=0
  for_each_sum "$sums" count_file
  take_free=$(free_bytes "$spool")
  if is_number "$take_free" && [ "$take_free" -lt "$take_bytes" ]; then
    stop 7 "$spool needs $(size "$take_bytes") more, and $(size "$take_free") are free" \
      "volumes are put together there before the upload; nothing of this one was copied" \
      "free $(size $((take_bytes - take_free))), then run this again: the other volumes stay" \
      "give --site-dir=<folder> on a larger disk, and take all volumes in again"
  fi
  for_each_sum "$sums" take_file
  # Last: the volume is here from now on.
  printf '%s\n' "${signer:+signed}" >"$spool/volume-$volume"
  say "  taken in   volume $volume of $volumes ($(count "$listed_files" file), $(size "$take_bytes")), each hashed after it was copied"
}

# What each volume has of its own; the rest is the same on all.
is_of_volume() {
  case $1 in bundle.env | bundle.yaml | README.txt) return 0 ;; esac
  return 1
}

is_taken() { [ -f "$spool/$2" ] && [ -f "$spool/taken" ] && grep -q -x -F -e "$1  $2" -- "$spool/taken"; }

count_file() {
  if is_of_volume "$2" || is_taken "$1" "$2"; then return 0; fi
  count_bytes=$(bytes_of "$folder/$2")
  is_number "$count_bytes" || stop 3 "$2 cannot be read" "its size is not known" "look at the medium: ls -l in $folder"
  take_bytes=$((take_bytes + count_bytes))
}

take_file() {
  if is_of_volume "$2" || is_taken "$1" "$2"; then return 0; fi
  take_to=$spool/$2
  if [ -f "$take_to" ] && [ "$(sha256_of "$take_to")" != "$1" ]; then
    stop 3 "volumes of ${bundle:-this bundle} differ in $2" "one of them is of another bundle, or was changed" \
      "look at their labels; to begin again, remove the folder $spool"
  fi
  if [ ! -f "$take_to" ]; then
    mkdir -p -- "${take_to%/*}"
    if ! cp -- "$folder/$2" "$take_to.part" 2>/dev/null; then
      rm -f -- "$take_to.part"
      stop 7 "$2 could not be copied to $spool" \
        "$(size "$(free_bytes "$spool")") are free there; or the medium cannot be read: cat < '$folder/$2' > /dev/null" \
        "free some space, or clean the disc, then run this again: it goes on with this file"
    fi
    if [ "$(sha256_of "$take_to.part")" != "$1" ]; then
      rm -f -- "$take_to.part"
      stop 3 "damaged: $2" "its hash is not that of SHA256SUMS; the files before it are sound and taken in" \
        "run this again: a drive may read better the second time" \
        "ask the sender to make this volume again: --reissue ${bundle:-<transfer>} --volume=$volume"
    fi
    mv -f -- "$take_to.part" "$take_to"
  fi
  printf '%s  %s\n' "$1" "$2" >>"$spool/taken"
}

# 1. archives in pieces become whole, their pieces go; 2. SHA256SUMS of all; 3. bundle.env, which makes it a bundle.
put_together() {
  while read -r split_name split_hash split_parts; do
    [ -n "$split_name" ] || continue
    { is_name "$split_name" && is_sha256 "$split_hash" && is_number "$split_parts"; } ||
      damaged_facts "bundle.env: split=$split_name $split_hash $split_parts"
    is_taken "$split_hash" "$archives/$split_name" || join_parts
  done <<END
$splits
END
  sed '/^volume=/d; /^split=/d' "$folder/bundle.env" >"$spool/bundle.env.new"
  printf 'volume=all\n' >>"$spool/bundle.env.new"
  {
    sort -u -- "$spool/taken" | sed '/^[0-9a-f]*  parts\//d'
    printf '%s  bundle.env\n' "$(sha256_of "$spool/bundle.env.new")"
  } >"$spool/SHA256SUMS"
  mv -f -- "$spool/bundle.env.new" "$spool/bundle.env" || stop 7 "$spool/bundle.env could not be written" \
    "the disk may be full" "free some space and run this again"
}

join_parts() {
  join_to=$spool/$archives/$split_name
  mkdir -p -- "$spool/$archives"
  rm -f -- "$join_to.part"
  join_part=1
  while [ "$join_part" -le "$split_parts" ]; do
    join_from=$spool/parts/$split_name.$(printf '%03d' "$join_part")
    cat -- "$join_from" >>"$join_to.part" 2>/dev/null || stop 7 "$split_name could not be put together from its pieces" \
      "$(size "$(free_bytes "$spool")") are free in $spool" "free the archive's size there and run this again"
    join_part=$((join_part + 1))
  done
  [ "$(sha256_of "$join_to.part")" = "$split_hash" ] || stop 3 "$split_name is not what was cut into pieces" \
    "every piece is what SHA256SUMS says, so bundle.env names other pieces" "ask the sender for the bundle again"
  mv -f -- "$join_to.part" "$join_to"
  printf '%s  %s\n' "$split_hash" "$archives/$split_name" >>"$spool/taken"
  while [ "$join_part" -gt 1 ]; do
    join_part=$((join_part - 1))
    rm -f -- "$spool/parts/$split_name.$(printf '%03d' "$join_part")"
  done
}

# --- what uploads, and what it needs ---------------------------------------------------------------------------------

choose_engine() {
  if [ -n "$oc_mirror" ]; then
    { [ -f "$oc_mirror" ] && [ -x "$oc_mirror" ]; } || stop 6 "$oc_mirror is not a program" \
      "it was named as oc-mirror" "give the right path, or leave it out for the one in PATH"
  elif has oc-mirror; then
    oc_mirror=$(command -v oc-mirror)
    case $oc_mirror in /*) ;; *) oc_mirror=$started_in/$oc_mirror ;; esac
  fi
  uploader=$folder/seqmirror-upload.js
  node_found=$(node -p 'process.versions.node' 2>/dev/null)
  case $engine in
    oc-mirror) [ -n "$oc_mirror" ] || lacks_engine "oc-mirror is not installed" ;;
    enclosed) can_use_enclosed || lacks_engine "the enclosed uploader cannot run: $enclosed_lacks" ;;
    auto)
      if [ -n "$oc_mirror" ]; then engine=oc-mirror
      elif can_use_enclosed; then engine=enclosed
      else lacks_engine "nothing here can upload: oc-mirror is not installed, and $enclosed_lacks"; fi
      ;;
  esac
}

can_use_enclosed() {
  enclosed_lacks=
  if [ ! -f "$uploader" ]; then enclosed_lacks="seqmirror-upload.js is not beside this script (bundles enclose it)"
  elif ! is_number "${node_found%%.*}"; then enclosed_lacks="Node is not installed for the enclosed uploader"
  elif ! node_is_enough; then enclosed_lacks="Node is version $node_found; the enclosed uploader needs 20.3 or later"
  fi
  [ -z "$enclosed_lacks" ]
}

# AbortSignal.any came with 20.3.
node_is_enough() {
  case $node_found in 20.[012].*) return 1 ;; esac
  [ "${node_found%%.*}" -ge 20 ]
}

lacks_engine() {
  stop 6 "$1" "archives become images in a registry by one of the two" \
    "install oc-mirror 4.18 or later: oc-mirror.tar.gz of your OpenShift's clients, unpacked into /usr/local/bin; or name it: --oc-mirror=<program>" \
    "install Node 20.3 or later (on RHEL: dnf module install nodejs:20) and use a bundle, which encloses seqmirror-upload.js"
}

# Free bytes where a folder is, or will be.
free_bytes() {
  free_in=$1
  while [ ! -d "$free_in" ]; do free_in=${free_in%/*}; [ -n "$free_in" ] || free_in=/; done
  df -Pk -- "$free_in" 2>/dev/null | awk 'NR == 2 {
    for (i = NF; i > 1; i--) if ($i ~ /^[0-9]+%$/) { printf "%.0f", $(i - 1) * 1024; exit }
  }'
}

# oc-mirror unpacks the archives into its cache. What a run that was cut off has unpacked is not needed twice.
check_space() {
  [ "$engine" = oc-mirror ] || return 0
  space_needed=$((archive_bytes + 64 * 1048576))
  space_free=$(free_bytes "$cache")
  if ! is_number "$space_free" || [ "$space_free" -ge "$space_needed" ]; then
    say "  space      $(size "$space_needed") needed in $cache"
    return 0
  fi
  if [ "$(cat -- "$cache/seqmirror-started" 2>/dev/null)" = "$seal" ] || knows "$imported" "$seal"; then
    warn "$(size "$space_free") are free in $cache; a part of this is in it already, so it may do"
    return 0
  fi
  stop 7 "$cache needs $(size "$space_needed"), and $(size "$space_free") are free" \
    "oc-mirror unpacks the archives into its cache before it uploads; nothing was started" \
    "free $(size $((space_needed - space_free))) there" \
    "put the cache on a larger disk: move it and give --cache-dir=<folder>, then and later" \
    "use the enclosed uploader, which needs no space: --engine=enclosed"
}

# A port that nobody listens on. Below those which systems give to outgoing connections.
choose_port() {
  port_tries=0
  while [ "$port_tries" -lt 100 ]; do
    port_tries=$((port_tries + 1))
    port_random=$(od -An -N2 -tu2 /dev/urandom 2>/dev/null | tr -cd 0-9)
    port=$((20000 + (${port_random:-$$} + port_tries * 7) % 12000))
    port_hex=$(printf '%04X' "$port")
    grep -q -i -e ":$port_hex [0-9A-F]*:0000 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null || return 0
  done
}

# Runs a program with what it needs of this environment and nothing else: the registry inside oc-mirror takes every
# REGISTRY_* variable for a setting of its own, and panics of REGISTRY_AUTH_FILE.
with_environment() {
  environment_host=${registry%%/*}
  case $environment_host in *:*[!0-9]*) ;; *:*) environment_host=${environment_host%:*} ;; esac
  environment_near=localhost,127.0.0.1
  if [ "$black_hole" = yes ]; then
    environment_near=$environment_near,$environment_host
    set -- HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1 \
      https_proxy=http://127.0.0.1:1 CONTAINERS_REGISTRIES_CONF=/dev/null "$@"
  else
    environment_near=$environment_near,${NO_PROXY:-${no_proxy:-}}
    [ -z "${HTTP_PROXY:-}" ] || set -- "HTTP_PROXY=$HTTP_PROXY" "$@"
    [ -z "${HTTPS_PROXY:-}" ] || set -- "HTTPS_PROXY=$HTTPS_PROXY" "$@"
    [ -z "${http_proxy:-}" ] || set -- "http_proxy=$http_proxy" "$@"
    [ -z "${https_proxy:-}" ] || set -- "https_proxy=$https_proxy" "$@"
    [ -z "${CONTAINERS_REGISTRIES_CONF:-}" ] || set -- "CONTAINERS_REGISTRIES_CONF=$CONTAINERS_REGISTRIES_CONF" "$@"
  fi
  [ -z "${XDG_RUNTIME_DIR:-}" ] || set -- "XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR" "$@"
  [ -z "${XDG_CONFIG_HOME:-}" ] || set -- "XDG_CONFIG_HOME=$XDG_CONFIG_HOME" "$@"
  [ -z "${DOCKER_CONFIG:-}" ] || set -- "DOCKER_CONFIG=$DOCKER_CONFIG" "$@"
  [ -z "${SSL_CERT_FILE:-}" ] || set -- "SSL_CERT_FILE=$SSL_CERT_FILE" "$@"
  [ -z "${SSL_CERT_DIR:-}" ] || set -- "SSL_CERT_DIR=$SSL_CERT_DIR" "$@"
  [ -z "${NODE_EXTRA_CA_CERTS:-}" ] || set -- "NODE_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS" "$@"
  [ -z "${OCP_SIGNATURE_VERIFICATION_PK:-}" ] ||
    set -- "OCP_SIGNATURE_VERIFICATION_PK=$OCP_SIGNATURE_VERIFICATION_PK" "$@"
  exec env -i "PATH=$PATH" "HOME=${HOME:-$site}" "TMPDIR=$work/tmp" "NO_PROXY=$environment_near" \
    "no_proxy=$environment_near" "REGISTRY_HTTP_ADDR=127.0.0.1:${port:-0}" "$@"
}

# --- upload ----------------------------------------------------------------------------------------------------------

# The folder that oc-mirror works in: writable, wherever the medium is, with links to its archives.
make_work_folder() {
  work=$site/work
  rm -rf -- "$work"
  mkdir -p -- "$work/tmp" || stop 7 "$work cannot be made" "the upload works in it" "look at the folder $site"
  for archive in $archive_names; do
    ln -s -- "$folder/$archives/$archive" "$work/$archive" || stop 7 "$work/$archive cannot be made" \
      "oc-mirror reads the archives by links from a folder that can be written" "give --site-dir=<folder> on another disk"
  done
  choose_config
  copy_checked "$config_used" "$work/imageset-config.yaml"
  copy_templates
  [ "$engine" != enclosed ] || copy_checked seqmirror-upload.js "$work/seqmirror-upload.js"
}

# Files that the configuration names for CatalogSources; oc-mirror looks for them from where it works.
copy_templates() {
  templates=$(sed -n "s/^[ -]*targetCatalogSourceTemplate: *[\"']\{0,1\}\([A-Za-z0-9._/-]*\)[\"']\{0,1\} *\$/\\1/p" \
    "$work/imageset-config.yaml")
  for template in $templates; do
    template=${template#./}
    case /$template/ in //* | */../*) continue ;; esac
    if [ -f "$folder/$template" ]; then
      case $template in */*) mkdir -p -- "$work/${template%/*}" ;; esac
      copy_checked "$template" "$work/$template"
    else say "  note       $template, a template of the configuration, is not here: CatalogSources are made without it"; fi
  done
}

# What was checked may have been changed since: the copy counts.
copy_checked() {
  cp -- "$folder/$1" "$2" || stop 7 "$1 could not be copied to $work" "it is read there" "look at both folders"
  copy_sum=$(sum_of "$sums" "$1")
  [ -z "$copy_sum" ] || [ "$(sha256_of "$2")" = "$copy_sum" ] ||
    stop 3 "$1 was changed after it was checked" "its hash is not that of SHA256SUMS any more" \
      "find out who writes to $folder, then run this again"
}

# With every tag resolved, catalogs cannot be taken from what was imported at another time. Before 4.22, oc-mirror finds a
# filtered catalog by the text of the configuration that it was mirrored with, so it must get that.
choose_config() {
  config_used=$config
  [ "$engine" = oc-mirror ] && [ -n "$pinned" ] && [ -f "$folder/$pinned" ] || return 0
  oc_mirror_version=$("$oc_mirror" version --output json --v2 2>/dev/null | sed -n 's/.*"gitVersion": *"v\{0,1\}\([^"]*\)".*/\1/p')
  config_minor=${oc_mirror_version#*.}
  config_minor=${config_minor%%.*}
  case $oc_mirror_version in
    4.*) if is_number "$config_minor" && [ "$config_minor" -ge 22 ]; then config_used=$pinned; fi ;;
    # Built from the main branch: it says nothing, or 0.0.0.
    *) config_used=$pinned ;;
  esac
}

oc_mirror_arguments() {
  set -- --v2 --config=imageset-config.yaml --from=file://. "--cache-dir=$cache" "--port=${port:-<free>}" \
    --image-timeout=7200s
  [ -z "$authfile" ] || set -- "$@" "--authfile=$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --dest-tls-verify=false
  run_engine "$oc_mirror" "$@" "docker://$registry"
}

# The command line of seqmirror-upload.js, which leaves working-dir/cluster-resources/ in its --output, and in verified
# a line for each image that the registry answered for.
enclosed_arguments() {
  set -- --bundle "$folder" --registry "$registry" --output "$work"
  [ -z "$authfile" ] || set -- "$@" --authfile "$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --insecure
  [ "$roll_back" = no ] || set -- "$@" --roll-back
  run_engine node "$work/seqmirror-upload.js" "$@"
}

# Starts it, or shows how it would be started.
run_engine() {
  if [ "$dry_run" = yes ]; then
    run_shown=
    for run_word in "$@"; do run_shown="$run_shown $(quoted "$run_word")"; done
    say "Would run, in $site/work, with links to the archives:"
    say "  $run_shown"
    return 0
  fi
  rm -f -- "$work/output"
  mkfifo -- "$work/output" || stop 7 "$work/output cannot be made" "the file system of $site has no named pipes" \
    "give --site-dir=<folder> on another disk"
  tee -a -- "$log" <"$work/output" | while IFS= read -r run_line || [ -n "$run_line" ]; do say "  | $run_line"; done &
  run_reader=$!
  case $engine in
    # Its result, on standard output, is for who starts it alone: the end of this script says the same.
    enclosed) (cd "$work/" && with_environment "$@") >>"$log" 2>"$work/output" & ;;
    *) (cd "$work/" && with_environment "$@") >"$work/output" 2>&1 & ;;
  esac
  child=$!
  printf '%s\n' "$$" "$child" >"$site/lock/pids"
  wait "$child"
  engine_exit=$?
  child=
  wait "$run_reader"
}

quoted() {
  case $1 in
    *[!A-Za-z0-9_./:=,@%+-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

upload() {
  log=$site/logs/$(date -u +%Y%m%dT%H%M%SZ)-$head.log
  say "Uploading $head to $registry by $engine; log: $log"
  case $engine in
    oc-mirror)
      printf '%s\n' "$seal" >"$cache/seqmirror-started"
      port_given=$port
      upload_attempt=1
      while :; do
        [ -n "$port_given" ] || choose_port
        oc_mirror_arguments
        port_was_taken || break
        upload_attempt=$((upload_attempt + 1))
        say "  port $port was taken meanwhile; once more with another"
        : >"$log"
      done
      # Early 4.18 ended with 0 though images had failed.
      if [ "$engine_exit" -eq 0 ] && grep -q -e '✗ .*images mirrored' "$log"; then engine_exit=1; fi
      ;;
    enclosed) enclosed_arguments ;;
  esac
  [ "$engine_exit" -eq 0 ] || upload_failed
}

port_was_taken() {
  [ "$engine_exit" -ne 0 ] && [ -z "$port_given" ] && [ "$upload_attempt" -lt 3 ] &&
    grep -q -e 'is already bound' -e 'address already in use' "$log"
}

upload_failed() {
  cp -- "$work"/working-dir/logs/mirroring_errors* "$site/logs/" 2>/dev/null
  failed_what=
  if [ "$engine" = oc-mirror ] && [ "$engine_exit" -lt 32 ]; then
    [ $((engine_exit & 2)) -eq 0 ] || failed_what="$failed_what release,"
    [ $((engine_exit & 4)) -eq 0 ] || failed_what="$failed_what operator,"
    [ $((engine_exit & 8)) -eq 0 ] || failed_what="$failed_what additional,"
    [ $((engine_exit & 16)) -eq 0 ] || failed_what="$failed_what helm,"
  fi
  [ "$engine" = oc-mirror ] || enclosed_failed
  failed_what="$engine ended with $engine_exit${failed_what:+ (${failed_what# } images)}; log: $log"
  if failed_by 'no space left on device'; then
    stop 8 "$failed_what" "a disk is full: the one of $cache, or the registry's" "free space, then run the same again"
  elif failed_by 'manifest unknown' 'blob unknown' 'MANIFEST_UNKNOWN' 'BLOB_UNKNOWN'; then
    stop 8 "$failed_what" "something that an earlier sequence brought is not there any more: was the cache or the registry cleared?" \
      "upload the sequences before it once more, in order: ./seq-upload.sh --again in each of their folders" \
      "ask the sender for a bundle that needs nothing: nx run mirror-seq$number:bundle --fresh"
  elif failed_by 'unauthorized' 'authentication required' 'failed to authenticate' 'denied'; then
    stop 8 "$failed_what" "$registry refused the credentials" \
      "podman login --authfile=<file> ${registry%%/*}, then run the same again with --authfile=<file>"
  elif failed_by 'x509' 'certificate' 'HTTP response to HTTPS client'; then
    stop 8 "$failed_what" "the certificate of $registry is not one that this machine trusts" \
      "put its CA under /etc/pki/ca-trust/source/anchors and run update-ca-trust, then the same again" \
      "in a laboratory: --dest-tls-verify=false"
  elif failed_by 'connection refused' 'no such host' 'no route to host' 'i/o timeout'; then
    stop 8 "$failed_what" "$registry was not reached" "look whether it runs: curl -k https://${registry%%/*}/v2/, then run the same again"
  fi
  stop 8 "$failed_what" "its last words are above; what was uploaded stays" "run the same again: it goes on where it ended"
}

# It says itself what happened, why, and what to do, and ends with the numbers of this script.
enclosed_failed() {
  case $engine_exit in
    2 | 3 | 5 | 7) failed_code=$engine_exit ;;
    *) failed_code=8 ;;
  esac
  stop "$failed_code" "seqmirror-upload.js ended with $engine_exit; log: $log" \
    "its own words are above; what was uploaded stays" "do what they say, then run the same again: it goes on where it ended"
}

failed_by() {
  for failed_text in "$@"; do
    if grep -q -i -F -e "$failed_text" "$log"; then return 0; fi
  done
  return 1
}

remember() {
  remember_time=$(now)
  if [ "$engine" = oc-mirror ]; then
    while read -r hold_seal hold_number hold_folder _; do
      if is_sequence "$hold_seal" "$hold_number" "$hold_folder" && ! knows "$imported" "$hold_seal"; then
        add_line "$imported" "$hold_seal $hold_number $hold_folder $remember_time"
      fi
    done <<END
$holds
END
    knows "$imported" "$seal" || add_line "$imported" "$seal $number $head $remember_time"
    rm -f -- "$cache/seqmirror-started"
  fi
  add_line "$ledger" "$seal $number $head $remember_time $registry $engine"
}

# --- what the cluster needs to know ----------------------------------------------------------------------------------

# Keeps what was made in the site folder, by sequence; and beside the archives, where that can be written.
keep_resources() {
  made_in=$work/working-dir/cluster-resources
  resources=
  [ -d "$made_in" ] || return 0
  resources=$site/cluster-resources/$head
  copy_resources "$resources" || stop 7 "$resources could not be written" "the disk may be full" \
    "free some space and run this again with --again"
  if [ "$layout" = sequence ] && [ -w "$folder" ] && copy_resources "$folder/working-dir/cluster-resources" 2>/dev/null; then
    resources=$folder/working-dir/cluster-resources
  fi
}

copy_resources() {
  rm -rf -- "$1.new" && mkdir -p -- "$1.new" && cp -R -- "$made_in/." "$1.new/" && rm -rf -- "$1" && mv -- "$1.new" "$1"
}

show_resources() {
  if [ -z "$resources" ]; then
    say "Nothing was made for the cluster."
    return 0
  fi
  say "For the cluster, in this order; in $resources:"
  show_step "release signatures; nothing restarts" signature-configmap
  show_step \
    "where images come from now. Every machine config pool rolls: nodes are drained one by one, and older releases reboot them. Wait: oc wait mcp --all --for=condition=Updated --timeout=90m" idms- itms-
  show_step "catalogs; the pods of OperatorHub start again, no node does" cc- cs-
  show_step "update graph; needs the OpenShift Update Service operator, no node restarts" updateService
}

show_step() {
  step_about=$1
  shift
  step_files=
  for step_prefix in "$@"; do
    set +f
    for step_file in "$resources/$step_prefix"*.yaml; do
      step_file=${step_file##*/}
      if [ -f "$resources/$step_file" ] && is_name "$step_file"; then step_files="$step_files -f $step_file"; fi
    done
    set -f
  done
  [ -n "$step_files" ] || return 0
  say "  oc apply$step_files"
  say "      $step_about"
}

# Receipts, for POSIX shells: functions that seq-upload.sh takes in. Formats: receipt.ts and receipt-code.ts beside this
# file. Needs sha256sum and cut; no arithmetic beyond 16 bits, no arrays, no locale.

# receipt_code <site> <seal> <bundle or -> <verified> <held_in>: the code of 12 characters.
receipt_code() {
  code_alphabet=0123456789ABCDEFGHJKMNPQRSTVWXYZ
  code_hex=$(printf '%s\n' seqmirror-receipt/1 "$1" "$2" "$3" "$4" "$5" | sha256sum | cut -c 1-14)
  code_bits=0 code_width=0 code_check=0 code_count=0 code_text=
  while [ "$code_count" -lt 11 ]; do
    while [ "$code_width" -lt 5 ]; do
      code_rest=${code_hex#?}
      code_bits=$((code_bits * 16 + 0x${code_hex%"$code_rest"}))
      code_width=$((code_width + 4))
      code_hex=$code_rest
    done
    code_width=$((code_width - 5))
    code_value=$((code_bits >> code_width))
    code_bits=$((code_bits & ((1 << code_width) - 1)))
    code_check=$(((code_check ^ code_value) << 1))
    [ "$code_check" -le 31 ] || code_check=$((code_check ^ 37))
    receipt_code_add "$code_value"
  done
  receipt_code_add "$code_check"
  printf '%s\n' "$code_text"
}

# One more character of the code; a dash stands before every fifth and ninth.
receipt_code_add() {
  code_from=$code_alphabet code_skip=$1
  while [ "$code_skip" -gt 0 ]; do code_from=${code_from#?} code_skip=$((code_skip - 1)); done
  case $code_count in 4 | 8) code_text=$code_text- ;; esac
  code_text=$code_text${code_from%"${code_from#?}"}
  code_count=$((code_count + 1))
}

# receipt_text <site> <number> <seal> <bundle or -> <verified> <images> <held_in> <when> <tool>: the receipt's lines.
receipt_text() {
  printf '%s\n' schema=seqmirror-receipt/1 "site=$1" "sequence=$2" "seal=$3" "bundle=$4" "verified=$5" "images=$6" \
    "held_in=$7" "when=$8" "tool=$9" "code=$(receipt_code "$1" "$3" "$4" "$5" "$7")"
}

# receipt_verified <file of lines repository@digest>: the hash over what was verified.
receipt_verified() {
  printf 'sha256:%s\n' "$(LC_ALL=C sort -u -- "$1" | sha256sum | cut -c 1-64)"
}

# --- receipt: what the sender is told --------------------------------------------------------------------------------

# Asks the registry for each image of the head, by its digest; leaves in $work/verified those that it has. Fails when
# nothing here can ask.
verify_images() {
  if [ -z "$images" ] || [ ! -f "$folder/$images" ]; then return 1; fi
  find_asker || return 1
  verified_count=0 verified_all=0
  : >"$work/verified"
  while IFS= read -r verify_line || [ -n "$verify_line" ]; do
    verify_repository=${verify_line%@*} verify_digest=${verify_line#*@}
    case $verify_repository in
      '' | [!a-z0-9]* | *[!a-z0-9._/-]*) damaged_facts "$images has a line that is no image: $verify_line" ;;
    esac
    is_seal "$verify_digest" || damaged_facts "$images has a line that is no image: $verify_line"
    verified_all=$((verified_all + 1))
    if "$asker" "$verify_repository" "$verify_digest"; then
      printf '%s\n' "$verify_line" >>"$work/verified"
      verified_count=$((verified_count + 1))
    else
      [ "$((verified_all - verified_count))" -gt 5 ] || warn "$registry does not answer for $verify_line"
    fi
  done <"$folder/$images"
}

# What the enclosed uploader asked for is compared with what there is to be asked for.
count_verified() {
  verified_count=$(sort -u -- "$work/verified" | wc -l | tr -d ' ')
  verified_all=$verified_count
  if [ -z "$images" ] || [ ! -f "$folder/$images" ]; then return 0; fi
  verified_all=$(sort -u -- "$folder/$images" | wc -l | tr -d ' ')
}

find_asker() {
  asker=
  if has skopeo; then asker=ask_by_skopeo
  elif has curl; then
    curl_scheme=https curl_auth=
    if [ "$tls_verify" = false ] && [ "$(curl_status "https://${registry%%/*}/v2/")" = 000 ]; then curl_scheme=http; fi
    if [ -n "$authfile" ] && [ -f "$authfile" ]; then
      curl_auth=$(tr -d '\n\t ' <"$authfile" |
        sed -n "s|.*\"${registry%%/*}\":{[^}]*\"auth\":\"\\([A-Za-z0-9+/=]*\\)\".*|\\1|p")
    fi
    # Registries that hand out tokens answer 401 all the same: skopeo knows how to ask them.
    [ "$(curl_status "$curl_scheme://${registry%%/*}/v2/")" != 200 ] || asker=ask_by_curl
  fi
  [ -n "$asker" ]
}

ask_by_skopeo() {
  ask_to=docker://$registry/$1@$2 ask_digest=$2
  set -- skopeo inspect --raw
  [ -z "$authfile" ] || set -- "$@" --authfile "$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --tls-verify=false
  (with_environment "$@" "$ask_to") >"$work/manifest" 2>/dev/null </dev/null &&
    [ "sha256:$(sha256_of "$work/manifest")" = "$ask_digest" ]
}

ask_by_curl() {
  ask_namespace=
  case $registry in */*) ask_namespace=${registry#*/}/ ;; esac
  [ "$(curl_status "$curl_scheme://${registry%%/*}/v2/$ask_namespace$1/manifests/$2")" = 200 ]
}

# The answer to HEAD. Credentials go by standard input: arguments can be seen by everybody.
curl_status() {
  {
    for curl_type in oci.image.index.v1 oci.image.manifest.v1 docker.distribution.manifest.list.v2 docker.distribution.manifest.v2; do
      printf 'header = "Accept: application/vnd.%s+json"\n' "$curl_type"
    done
    [ -z "$curl_auth" ] || printf 'header = "Authorization: Basic %s"\n' "$curl_auth"
    [ "$tls_verify" = true ] || printf 'insecure\n'
    printf 'url = "%s"\n' "$1"
  } | (with_environment curl --config - --head --silent --output /dev/null --write-out '%{http_code}' --max-time 60)
}

# Which site this is: as given, else whom the bundle was made for, when that is one.
name_of_site() {
  [ -n "$site_name" ] || case $sites in *,*) ;; *) site_name=$sites ;; esac
  case $site_name in '' | -* | *[!a-z0-9-]*) return 1 ;; esac
  [ ${#site_name} -le 32 ]
}

write_receipt() {
  [ "$receipt" = yes ] || return 0
  if ! name_of_site; then
    say "No receipt: it is not known which site this is; --site=<code name> says it."
    return 0
  fi
  if [ -s "$work/verified" ]; then
    count_verified
  elif ! verify_images; then
    say "No receipt: nothing here can ask $registry for its images (a bundle and skopeo, or curl)."
    return 0
  fi
  if [ "$verified_count" -ne "$verified_all" ]; then
    warn "$registry has $verified_count of $(count "$verified_all" image) of $head: no receipt. Run this again with --again; if it stays so, tell the sender"
    return 0
  fi
  case $bundle in T[0-9][0-9][0-9][0-9]*) receipt_bundle=$bundle ;; *) receipt_bundle=- ;; esac
  receipt_held=registry
  [ "$engine" = enclosed ] || receipt_held=both
  receipt_file=$site/receipts/$head.$(printf '%s' "${seal#sha256:}" | cut -c 1-12).receipt
  receipt_count=$(sort -u -- "$work/verified" | wc -l | tr -d ' ')
  mkdir -p -- "$site/receipts"
  {
    receipt_text "$site_name" "$number" "$seal" "$receipt_bundle" "$(receipt_verified "$work/verified")" \
      "$receipt_count" "$receipt_held" "$(now)" "seq-upload.sh $version" >"$receipt_file.new" &&
      mv -f -- "$receipt_file.new" "$receipt_file"
  } ||
    stop 7 "$receipt_file could not be written" "the disk may be full" "free some space and run this again with --again"
  rm -f -- "$receipt_file.sig"
  # The site's own key, where it has one: the sender knows its other half.
  if [ -f "$site/receipt_key" ] && has ssh-keygen; then
    ssh-keygen -Y sign -q -f "$site/receipt_key" -n seqmirror-receipt "$receipt_file" </dev/null >/dev/null 2>&1 ||
      warn "the receipt could not be signed by $site/receipt_key: a key without a passphrase can"
  fi
  say "Receipt: $(count "$receipt_count" image) verified in the registry."
  say "  send back  $receipt_file$([ ! -f "$receipt_file.sig" ] || printf ' and its .sig')"
  say "  or, by phone or on paper, this code:  $(sed -n 's/^code=//p' "$receipt_file")"
}

# --- what is done, in order ------------------------------------------------------------------------------------------

introduce() {
  say "$head${description:+: $description}"
  introduce_kind=$kind
  [ "$kind" = sequence ] || introduce_kind="$kind bundle${bundle:+ $bundle}${sites:+ for $sites}"
  [ "$volumes" = 1 ] || introduce_kind="$introduce_kind, volume $volume of $volumes"
  say "  carried    $introduce_kind${made:+, made $made}; seal $(printf '%s' "$seal" | cut -c 1-19)"
}

main() {
  read_facts
  find_site
  find_hash_program
  case $command in status) status; exit 0 ;; esac
  name_spool
  introduce
  case $command in
    check) check_medium; say "The medium is sound."; exit 0 ;;
    ingest) ingest; exit 0 ;;
  esac
  choose_registry
  choose_engine
  check_order
  check_base
  use_spool
  if [ "$dry_run" = yes ]; then
    check_signature
    list_archives
    require_complete
    check_space
    say "  sums       not computed in a dry run: ./seq-upload.sh check does"
    work=$site/work
    case $engine in oc-mirror) oc_mirror_arguments ;; enclosed) enclosed_arguments ;; esac
    say "Dry run complete: nothing was changed."
    exit 0
  fi
  enter_site
  # Another run may have uploaded it before this one could begin.
  check_order
  check_medium
  check_space
  make_work_folder
  upload
  keep_resources
  remember
  write_receipt
  say "Done: $head is in $registry ($(size "$archive_bytes") in $(count "$(printf '%s\n' "$archive_names" | wc -l | tr -d ' ')" archive))."
  show_resources
  ! is_spool || say "The volumes that were taken in are not needed any more: $spool can be removed."
}

check_medium() {
  check_signature
  list_archives
  require_complete
  check_sums
}

main
