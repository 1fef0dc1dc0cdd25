#!/bin/sh
# seq-upload.sh: uploads what this folder carries to a registry, on the far side of an air gap.
#
# One constant script a release of seqmirror; its sha256 is published with it. All that varies is data in files beside it,
# which are read as text and never evaluated. It runs under dash, busybox sh and bash, and works in two layouts:
#
# * a bundle: bundle.env, SHA256SUMS over every file, archives/mirror_000001.tar …, imageset-config.yaml;
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
#   images=images.txt                  what the registry has afterwards, repository:tag@digest a line: for the receipt
#                                      (repository@digest in bundles of earlier versions)
#   links=added                        the archives leave out links that those of earlier sequences hold: oc-mirror has
#                                      to have unpacked these last, in their order
#   archives=archives                  the folder of the archives; `.` where they lie beside this script
#   volume=2                           which of the volumes this is; `all` where they were put together
#   volumes=3
#   needs=<seal> <number> <folder>     a line each: what the site must have, besides what is carried; of several with
#                                      `or` between them, one
#   holds=<seal> <number> <folder>     a line each: sequences before the head whose archives are carried whole
#   split=<name> <sha256> <parts>      a line each: an archive in pieces, parts/<name>.001 … over all volumes
#
# What a sender signs is bundle-statement.env beside it, in the same syntax: which bundle of which mirror this is, the hash
# of its SHA256SUMS, for which sites it is, and until when. bundle-statement.env.sig is the signature, .sig.2 a second one.
#
# Whoever holds the medium controls every byte on it, at any moment. So what decides is read once, into a private copy,
# and checked there; what is uploaded is hashed against those copies; and no program and no mark of the medium is believed.
#
# The site folder on this side, one for each mirror, for its owner alone:
#
#   mirror                the id of the mirror that it is of
#   newest                the newest head that was seen here: number, seal, folder, time
#   seq-upload.sh, seqmirror-upload.js   put there once by `install`, to be run with --medium=<folder>
#   settings              of this side's people, key=value: threshold=2, site=bravo,
#                         max_nested_paths=2, old_signatures=accept
#   revoked_signers       of this side's people: keys that count no more, a line each, or a KRL of ssh-keygen
#   ledger                a line for each upload: seal, number, folder, time, registry, by what
#   cache/                oc-mirror's; cache/seqmirror-imported says which sequences are in it, and
#                         cache/seqmirror-order in which order their archives were unpacked
#   spool/                volumes that were taken in, put together as one bundle
#   taken/                which volumes those are: their sums and signatures, to be verified again
#   cluster-resources/    what was made for the cluster by each upload
#   logs/ work/ lock/     of runs
#   allowed_signers       written by this side's people: whose signatures count (ssh-keygen, ALLOWED SIGNERS)
#   receipts/             for the sender, one for each upload
#   receipt_key           of this side's people: signs receipts, where it is there (ssh-keygen)
version=0.1.0
set -u
set -f
umask 077
LC_ALL=C
export LC_ALL
unset CDPATH
IFS=' 	
'
newline='
'

# Programs are this machine's: none is taken from the folder where this was started, and none from below $1, the medium.
keep_own_path() {
  path_rest=$PATH: path_kept=
  while [ -n "$path_rest" ]; do
    path_entry=${path_rest%%:*}
    path_rest=${path_rest#*:}
    case $path_entry in /*) ;; *) continue ;; esac
    if [ -n "${1%/}" ]; then
      path_real=$(cd "$path_entry/" 2>/dev/null && pwd -P) || continue
      case $path_real/ in "${1%/}"/*) continue ;; esac
    fi
    path_kept=${path_kept:+$path_kept:}$path_entry
  done
  PATH=$path_kept
}
keep_own_path ''

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

# --- what was asked for ----------------------------------------------------------------------------------------------

help() {
  cat <<END
Uploads this bundle, or this sequence, to a registry that is disconnected from the internet.
seq-upload.sh $version. The file README.txt of a bundle says what the bundle contains.

Usage: ./seq-upload.sh [registry] [options]      check everything, then upload
       ./seq-upload.sh check [options]           check the medium, and upload nothing
       ./seq-upload.sh ingest [options]          copy one of several volumes into the site folder
       ./seq-upload.sh install [options]         copy script and uploader into the site folder
       ./seq-upload.sh status [options]          show which sequences this site has
       ./seq-upload.sh clean [options]           delete files of finished uploads in the site folder
       ./seq-upload.sh explain <code>            explain an exit code, or a code such as SEQ0641

  registry                host[:port][/namespace]; default: the registry of the last upload

  --medium=<folder>       the folder of the bundle; default: the folder of this script. Use it with
                          the installed script, which runs no program of the medium
  --dry-run               check everything that can be checked, and change nothing
  --help, -h              show this page
  --authfile=<file>       credentials for the registry (podman login --authfile)
  --dest-tls-verify=false accept a registry without TLS, or with a certificate that is not trusted
  --black-hole            block connections to the internet: use a proxy that does not exist, and
                          ignore registries.conf
  --engine=<name>         auto (default), oc-mirror, or enclosed (seqmirror-upload.js with Node)
  --max-nested-paths=<n>  shorten repository paths to at most n parts
  --oc-mirror=<program>   the oc-mirror program; default: SEQMIRROR_OC_MIRROR, else PATH
  --port=<number>         port of the cache registry that oc-mirror starts; default: a free port
  --site-dir=<folder>     the site folder, with the ledger, the cache and ingested volumes; default:
                          SEQMIRROR_SITE_DIR, else ~/.seqmirror/<mirror>
  --cache-dir=<folder>    oc-mirror's cache; default: the folder cache in the site folder
  --allowed-signers=<file> public keys whose signatures this site accepts; default:
                          SEQMIRROR_ALLOWED_SIGNERS, else allowed_signers in the site folder. A file
                          on the medium is refused
  --require-signature     refuse a medium without a valid signature. This is the default if this
                          site has allowed_signers
  --allow-unsigned        accept a medium without a signature, although there are allowed_signers
  --allow-older           upload content that is older than the newest sequence of this site. Tags
                          then point to the older images (also: --roll-back)
  --new-mirror=<id>       accept a medium of this mirror, which this site does not know yet
  --skip-sums             do not hash the archives again, because you have just checked them
  --site=<code name>      the name of this site in the receipt; default: the site of the bundle
  --no-receipt            write no receipt
  --again                 upload the sequence although the ledger says that the registry has it.
                          seqmirror-upload.js then also uploads layers that the registry has lost
  --assume-base           do not check that the earlier sequences were uploaded, for example because
                          the ledger was lost

Exit codes:
  0  done, or nothing to do                   6  a program is missing; the message names it
  1  a bug in this script; send the log       7  no disk space, or a folder is not writable
  2  a wrong option or argument               8  the upload failed; run the command again
  3  the medium is damaged or incomplete      9  another run uses the site folder
  4  a signature is wrong or missing        130  interrupted; run the command again
  5  an earlier sequence must be uploaded first, or the registry has newer content
END
}

# What an exit code means, and what to do. The table of docs/far-side-trouble.md is made from these lines.
explain() {
  case $1 in
    1) explained 'a bug in this script' 'send the sender the whole output, and the log if there is one' ;;
    2) explained 'a wrong option or registry name' 'run ./seq-upload.sh --help, which shows every option' ;;
    3) explained 'the medium is damaged or incomplete' 'try another drive, or ask the sender to write the volume again that the message names' ;;
    4) explained 'a signature is wrong or missing, or the bundle has expired' 'do not upload; ask the sender over another channel than the medium' ;;
    5) explained 'an earlier sequence must be uploaded first, or the registry has newer content' 'first upload the sequences that the message names. If the registry has newer content, you need not upload anything. To replace newer content on purpose, add --allow-older' ;;
    6) explained 'a program is missing' 'install Node 20.3 or later, or oc-mirror 4.18 or later; the message names the programs that the script looked for' ;;
    7) explained 'there is no disk space, or a folder is not writable' 'free space: ./seq-upload.sh clean deletes files of finished uploads. Or use another site folder with --site-dir' ;;
    8) explained 'the upload failed' 'read the log that the message names, then run the same command again; the upload continues where it stopped' ;;
    9) explained 'another run uses the site folder' 'wait until the other run ends; only one run at a time can use a site folder' ;;
    130) explained 'you interrupted the upload' 'run the same command again; the upload continues where it stopped' ;;
    SEQ[0-9][0-9][0-9][0-9]) say "The code $1 comes from seqmirror-upload.js. To explain it, run: node seqmirror-upload.js --explain=$1" ;;
    '') misused 'explain needs an exit code: ./seq-upload.sh explain 5' ;;
    *) misused "this script has no exit code $1" ;;
  esac
}

explained() {
  say "Exit code $explain_code: $1"
  say "  Next:  $2"
  say "  More:  send the sender this exit code, the output from the line 'Stopped:' on, and the log; they contain no credentials"
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
max_nested_paths=
oc_mirror=${SEQMIRROR_OC_MIRROR:-}
port=
site=${SEQMIRROR_SITE_DIR:-}
cache=
medium=
new_mirror=
allow_unsigned=no
signers=${SEQMIRROR_ALLOWED_SIGNERS:-}
require_signature=no
skip_sums=no
again=no
site_name=
receipt=yes
roll_back=no
assume_base=no

name_registry() {
  [ -z "$registry" ] || misused "there are two registries: $registry and $1"
  registry=${1#docker://}
}

words=0
given=$#
while [ $# -gt 0 ]; do
  argument=$1
  shift
  case $argument in
    --authfile | --dest-tls-verify | --engine | --max-nested-paths | --oc-mirror | --port | --site | --site-dir | --cache-dir | --allowed-signers | --medium | --new-mirror)
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
    --max-nested-paths=?*)
      max_nested_paths=${argument#*=}
      is_depth "$max_nested_paths" || misused "--max-nested-paths=$max_nested_paths is not a number from 2 to 20"
      ;;
    --oc-mirror=?*) absolute "${argument#*=}"; oc_mirror=$absolute ;;
    --port=?*)
      port=${argument#*=}
      { is_number "$port" && [ "$port" -le 65535 ]; } || misused "--port=$port is not a port"
      ;;
    --site-dir=?*) absolute "${argument#*=}"; site=$absolute ;;
    --cache-dir=?*) absolute "${argument#*=}"; cache=$absolute ;;
    --allowed-signers=?*) absolute "${argument#*=}"; signers=$absolute ;;
    --require-signature) require_signature=yes ;;
    --allow-unsigned) allow_unsigned=yes ;;
    --medium=?*) absolute "${argument#*=}"; medium=$absolute ;;
    --new-mirror=?*) new_mirror=${argument#*=} ;;
    --skip-sums) skip_sums=yes ;;
    --site=?*) site_name=${argument#*=} ;;
    --no-receipt) receipt=no ;;
    --again) again=yes ;;
    --allow-older | --roll-back) roll_back=yes ;;
    --assume-base) assume_base=yes ;;
    -*) misused "$argument is not an option of this script" ;;
    *)
      words=$((words + 1))
      case $words:$argument in
        1:explain) command=explain explain_code= ;;
        1:upload | 1:check | 1:ingest | 1:install | 1:status | 1:clean) command=$argument ;;
        2:*)
          if [ "$command" = explain ]; then explain_code=$argument; else name_registry "$argument"; fi
          ;;
        *) name_registry "$argument" ;;
      esac
      ;;
  esac
done

if [ "$command" = explain ]; then
  explain "$explain_code"
  exit 0
fi

case $registry in
  '') ;;
  http://* | https://*) misused "$registry: a registry is named without ${registry%%//*}//" ;;
  [!A-Za-z0-9[]* | *[!A-Za-z0-9._:/@[\]-]* | */ | *//* | *@*) misused "$registry is not host[:port][/namespace]" ;;
esac
[ "$require_signature$allow_unsigned" != yesyes ] ||
  misused "--require-signature and --allow-unsigned were both given"
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

here=$(script_folder) ||
  stop 1 "the folder of this script cannot be entered" "the script was started as $0" "change into the folder of the script, then run ./seq-upload.sh"
here=${here%"$newline"x}
folder=$here
if [ -n "$medium" ]; then
  folder=$(cd "$medium/" 2>/dev/null && pwd -P && printf x) || misused "--medium=$medium is not a folder that can be entered"
  folder=${folder%"$newline"x}
fi

# Installed is a script that lies in a site folder: `install` put it there, and the mirror's name beside it.
installed=no
self=./seq-upload.sh
if [ -f "$here/mirror" ] && [ ! -f "$here/bundle.env" ] && [ ! -f "$here/seq-metadata.yaml" ]; then
  installed=yes
  self="$here/seq-upload.sh --medium=$folder"
  [ -n "$site" ] || [ -n "$new_mirror" ] || site=$here
fi
if [ "$folder" != "$here" ] || [ "$installed" = no ]; then keep_own_path "$folder"; fi

# A folder of this run alone. What is read from the medium to decide by is read there, from copies.
private=
make_private() {
  private_tries=0
  private_in=${TMPDIR:-/tmp}
  case $private_in in /*) ;; *) private_in=/tmp ;; esac
  while :; do
    private=$private_in/seqmirror-$$-$(od -An -N8 -tx1 /dev/urandom 2>/dev/null | tr -cd 0-9a-f)
    ! mkdir -m 700 -- "$private" 2>/dev/null || break
    private_tries=$((private_tries + 1))
    [ "$private_tries" -lt 20 ] || { private=''; stop 7 "no folder can be created in $private_in" \
      "the script checks copies of the records in this folder" "free some space, or set TMPDIR to a writable folder"; }
  done
  held=$private/held
  mkdir -- "$held" || stop 7 "$held cannot be created" "the disk may be full" "free some space, or set TMPDIR to a writable folder"
}

# A regular file, and no link on the way to it from the medium's own folder.
is_plain() {
  plain_rest=$1 plain_at=$folder
  while :; do
    plain_at=$plain_at/${plain_rest%%/*}
    [ ! -L "$plain_at" ] || return 1
    case $plain_rest in */*) plain_rest=${plain_rest#*/} ;; *) break ;; esac
  done
  [ -f "$plain_at" ]
}

is_there() { [ -e "$folder/$1" ] || [ -L "$folder/$1" ]; }

# hold <name> <units of 64 KiB>: a private copy of a record, of this size at most.
hold() {
  is_plain "$1" || damaged_facts "$1 is not a plain file"
  rm -f -- "$held/$1"
  dd if="$folder/$1" of="$held/$1" bs=65536 count=$(($2 + 1)) 2>/dev/null || damaged_facts "$1 cannot be read"
  held_bytes=$(bytes_of "$held/$1")
  [ "${held_bytes:-0}" -le $(($2 * 65536)) ] || damaged_facts "$1 is larger than the limit for this file"
}

hold_if_there() { ! is_there "$1" || hold "$1" "$2"; }

forget_facts() {
  layout='' format='' mirror='' bundle='' kind='' sites='' number='' head='' seal='' previous=''
  description='' made='' config='' pinned='' images='' statement='' links='' archives='' volume=1 volumes=1 needs='' holds='' splits='' dependencies=''
}

damaged_facts() {
  stop 3 "$1" "the script accepts records only in the form in which seqmirror writes them" \
    "copy the medium again, or ask the sender for another medium"
}

read_facts() {
  forget_facts
  rm -rf -- "$held"
  mkdir -- "$held"
  if is_there bundle.env; then
    layout=bundle
    facts_file=bundle.env
    hold bundle.env 64
    read_bundle_env "$held/bundle.env"
  elif is_there seq-metadata.yaml; then
    layout=sequence
    facts_file=seq-metadata.yaml
    hold seq-metadata.yaml 256
    hold_if_there seq-upload.env 1
    read_sequence_metadata
  else
    stop 3 "there is neither bundle.env nor seq-metadata.yaml beside this script" \
      "one of these files must describe the archives in $folder" "copy the whole folder, then run the script inside the copy" \
      "if the medium is in another folder: --medium=<folder>"
  fi
  check_facts
  sums=$held/SHA256SUMS
  is_there SHA256SUMS || stop 3 "SHA256SUMS is missing" "without this file, the script cannot check the archives" \
    "copy the whole folder again, or ask the sender for another medium"
  hold SHA256SUMS 256
  hold_signatures
  hold_if_there "$config" 256
  [ -z "$pinned" ] || hold_if_there "$pinned" 256
  [ -z "$images" ] || hold_if_there "$images" 1024
}

# Each value that becomes a part of a path or of a command is one of a few characters; nothing is made of the others.
check_facts() {
  is_sequence "$seal" "$number" "$head" ||
    damaged_facts "$facts_file does not say which sequence this is (number, folder, seal)"
  is_name "$config" || damaged_facts "the imageset configuration that $facts_file names is not beside this script"
  [ -z "$pinned" ] || is_name "$pinned" || damaged_facts "$facts_file names a pinned configuration elsewhere"
  [ -z "$images" ] || is_name "$images" || damaged_facts "$facts_file names a list of images elsewhere"
  [ "$archives" = . ] || is_name "$archives" || damaged_facts "$facts_file names a folder of archives elsewhere"
  { is_number "$volumes" && [ "$volumes" -ge 1 ] && [ "$volumes" -le 9999 ]; } || damaged_facts "$facts_file: volumes=$volumes"
  [ "$volume" = all ] || { is_number "$volume" && [ "$volume" -ge 1 ] && [ "$volume" -le "$volumes" ]; } ||
    damaged_facts "$facts_file: volume=$volume of $volumes"
  case $statement in '' | bundle-statement.env) ;; *) damaged_facts "$facts_file: statement=$statement" ;; esac
  [ -z "$bundle" ] || is_name "$bundle" || damaged_facts "$facts_file names its bundle $bundle"
  [ -z "$mirror" ] || is_name "$mirror" || damaged_facts "$facts_file names its mirror $mirror"
  is_list "$sites" || damaged_facts "$facts_file: sites=$sites"
  case $kind in baseline | cumulative | individual | site | sequence) ;; *) damaged_facts "$facts_file: kind=$kind" ;; esac
  case $previous in '' | null) ;; *) is_seal "$previous" || damaged_facts "$facts_file: previous: $previous" ;; esac
  while read -r split_name split_hash split_parts split_more; do
    [ -n "$split_name" ] || continue
    { is_archive "$split_name" && is_sha256 "$split_hash" && is_number "$split_parts" && [ -z "$split_more" ] &&
      [ "$split_parts" -ge 1 ] && [ "$split_parts" -le 999 ]; } ||
      damaged_facts "$facts_file: split=$split_name $split_hash $split_parts"
  done <<END
$splits
END
}

read_bundle_env() {
  config=imageset-config.yaml archives=archives
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$return_mark"}
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
      statement=*) statement=$value ;;
      links=*) links=$value ;;
      archives=*) archives=$value ;;
      volume=*) volume=$value ;;
      volumes=*) volumes=$value ;;
      needs=*) needs=$needs$value$newline ;;
      holds=*) holds=$holds$value$newline ;;
      split=*) splits=$splits$value$newline ;;
      *=*) ;;
      *) damaged_facts "bundle.env has a line without a key: $line" ;;
    esac
  done <"$1"
  [ "$format" = seqmirror-bundle/1 ] ||
    stop 3 "bundle.env has the format ${format:-(none)}" "this script reads only seqmirror-bundle/1" \
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
  [ -z "$(metadata_value links_since)" ] || links=added
  is_there imageset-config.pinned.yaml && pinned=imageset-config.pinned.yaml
  dependencies=$(awk '
    /^air_gapped_transfer:/ { inside = 1; next }
    /^[^ #]/ { inside = 0 }
    inside && /^  [a-z_]+:/ { list = ($1 == "dependencies:") }
    inside && list && /^ *- seq[0-9]+$/ { sub(/^ *- seq/, ""); print }
  ' "$held/seq-metadata.yaml")
  is_seal "$seal" || stop 3 "this seq-metadata.yaml has no seal" \
    "the original sequential script wrote this file, without a seal" \
    "ask the sender to run nx g seqmirror:adopt, and to send the sequence again"
  read_sequence_env
  # The folder may have been renamed on its way; what people see is its number then.
  case $head in seq"$number"-*) is_name "$head" || head=seq$number-renamed ;; *) head=seq$number-renamed ;; esac
}

# seq-upload.env: what records of a sequence do not say. One key=value a line; copies made by hand may lack it.
read_sequence_env() {
  [ -f "$held/seq-upload.env" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$return_mark"}
    value=${line#*=}
    case $line in
      format=*) format=$value ;;
      mirror=*) mirror=$value ;;
      seal=*) [ "$value" = "$seal" ] || damaged_facts "seq-upload.env and seq-metadata.yaml belong to different sequences" ;;
      images=*) images=$value ;;
    esac
  done <"$held/seq-upload.env"
  [ "$format" = seqmirror-sequence/1 ] ||
    stop 3 "seq-upload.env has the format ${format:-(none)}" "this script reads only seqmirror-sequence/1" \
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
  ' "$held/seq-metadata.yaml"
}

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

# --- several volumes: taken in one after another, put together as one bundle -----------------------------------------

name_spool() {
  spool_name=${bundle:-seq$number}.$(printf '%s' "${seal#sha256:}" | cut -c 1-12).$volumes
  spool=$site/spool/$spool_name
  # What is known of it never lies among what was copied into it.
  marks=$site/taken/$spool_name
}

# Only what was taken in here is believed to be `volume=all`: a medium that says so of itself is checked as one.
is_spool() { [ "$volume" = all ] && [ "$folder" = "$(cd "$spool/" 2>/dev/null && pwd -P)" ]; }

missing_volumes() {
  missing='' missing_volume=1
  while [ "$missing_volume" -le "$volumes" ]; do
    [ -f "$marks/volume-$missing_volume/SHA256SUMS" ] || missing="$missing$missing_volume, "
    missing_volume=$((missing_volume + 1))
  done
  missing=${missing%, }
}

is_together() { missing_volumes; [ -z "$missing" ] && [ -f "$spool/bundle.env" ] && [ -f "$marks/together" ]; }

# oc-mirror reads archives as they are when it reads them. Where a signature is required, they are copied first, and what
# was hashed is what it gets.
is_spooled_first() {
  [ "$engine" = oc-mirror ] && [ "$layout" = bundle ] && { [ "$has_signers" = yes ] || [ "$require_signature" = yes ]; }
}

use_spool() {
  name_spool
  if is_spool; then return 0; fi
  [ "$volume" != all ] || stop 3 "bundle.env says that this folder contains all volumes, but this site did not ingest them" \
    "only $self ingest joins volumes, in $site/spool" "run $self ingest on each volume"
  if ! is_together; then
    # A single volume with archives in pieces is put together like several.
    [ "$volumes" -gt 1 ] || [ -n "$splits" ] || return 0
    stop 5 "this is volume $volume of $volumes of ${bundle:-this bundle}; not ingested yet: volume ${missing:-$volume}" \
      "the content of images is spread over all volumes, so the upload needs all of them" \
      "run $self ingest on volume ${missing:-$volume}, then run the same command again" \
      "if a volume is lost: ask the sender to write it again: --reissue ${bundle:-<transfer>} --volume=<number>" \
      "ask the sender for a bundle on another medium, with fewer volumes"
  fi
  folder=$(cd "$spool/" && pwd -P)
  read_facts
  say "  spool      $(count "$volumes" volume) ingested: $folder"
}

ingest() {
  { [ "$layout" = bundle ] && [ "$volume" != all ]; } || stop 2 "there is no volume to ingest in this folder" \
    "ingest is for the volumes of a bundle" "run $self, which uploads this folder"
  name_spool
  check_age
  if [ "$dry_run" = yes ]; then
    check_medium
    say "Would copy $(count "$listed_files" file) to $spool. Dry run complete: nothing was changed."
    exit 0
  fi
  enter_site
  take_in
  if [ -n "$missing" ]; then
    say "Not ingested yet: volume $missing of $volumes. Next: run $self ingest on each of them."
    return 0
  fi
  say "All volumes of ${bundle:-the bundle} are ingested. Next, on any volume or in $spool:"
  say "  $self <registry>"
}

# Takes the volume in that is here, and puts all together when none is missing.
take_in() {
  if [ -f "$marks/volume-$volume/SHA256SUMS" ]; then
    say "Volume $volume is already ingested."
  else
    take_volume
  fi
  missing_volumes
  [ -n "$missing" ] || is_together || put_together
}

take_volume() {
  check_signature
  list_archives
  require_complete
  [ "$(sha256_of "$held/bundle.env")" = "$(sum_of "$sums" bundle.env)" ] || stop 3 "damaged: bundle.env" \
    "its hash differs from SHA256SUMS" "copy the medium again, or ask the sender for another medium"
  private_folder "$site/spool"
  private_folder "$site/taken"
  private_folder "$spool"
  private_folder "$marks"
  take_bytes=0
  for_each_sum "$sums" count_file
  take_free=$(free_bytes "$spool")
  if is_number "$take_free" && [ "$take_free" -lt "$take_bytes" ]; then
    stop 7 "$spool needs $(size "$take_bytes") more, and $(size "$take_free") are free" \
      "the script joins the volumes in this folder before the upload; no file of this volume was copied" \
      "free $(size $((take_bytes - take_free))), then run the same command again; the other volumes stay" \
      "use a larger disk: add --site-dir=<folder>, and ingest all volumes again"
  fi
  taken_bytes=0
  progress_start "taking in" "$take_bytes" 2
  for_each_sum "$sums" take_file
  progress_stop
  # Last: the volume is here from now on, with what it takes to verify it again.
  take_mark=$marks/volume-$volume
  rm -rf -- "$take_mark.new" "$take_mark"
  { mkdir -- "$take_mark.new" && cp -- "$held/bundle.env" "$sums" "$take_mark.new/"; } ||
    stop 7 "$take_mark could not be written" "the disk may be full" "free some space, then run the same command again"
  for take_name in $signature_names; do
    [ ! -f "$held/$take_name" ] || cp -- "$held/$take_name" "$take_mark.new/" ||
      stop 7 "$take_mark could not be written" "the disk may be full" "free some space, then run the same command again"
  done
  mv -- "$take_mark.new" "$take_mark" || stop 7 "$take_mark could not be written" "the disk may be full" "free some space, then run the same command again"
  [ "$statement_verified" = no ] || remember_newest
  say "  ingested   volume $volume of $volumes ($(count "$listed_files" file), $(size "$take_bytes")), each hashed after it was copied"
}

# In the spool each volume is verified again by what was kept of it, and the sums of all are made again from theirs.
check_signatures_of_spool() {
  spool_signers=
  spool_volume=1
  while [ "$spool_volume" -le "$volumes" ]; do
    spool_kept=$marks/volume-$spool_volume
    { [ -f "$spool_kept/SHA256SUMS" ] && [ ! -L "$spool_kept" ] && [ -f "$spool_kept/bundle.env" ]; } ||
      stop 5 "volume $spool_volume was not ingested by this version of the script" \
        "the files that verify this volume are missing" "run $self ingest on volume $spool_volume"
    [ "$(sha256_of "$spool_kept/bundle.env")" = "$(sum_of "$spool_kept/SHA256SUMS" bundle.env)" ] || spool_was_changed
    check_signature_of "$spool_kept"
    case ", $spool_signers, " in *", $signer, "*) ;; *) spool_signers=${spool_signers:+$spool_signers, }$signer ;; esac
    spool_volume=$((spool_volume + 1))
  done
  mkdir -- "$private/spool" 2>/dev/null
  compose_spool "$private/spool"
  for spool_file in bundle.env SHA256SUMS; do
    [ "$(sha256_of "$private/spool/$spool_file")" = "$(sha256_of "$held/$spool_file")" ] || spool_was_changed
  done
}

spool_was_changed() {
  stop 3 "files have changed since the volumes were ingested" "somebody has changed files in $spool or $marks" \
    "delete both folders, then run $self ingest on each volume"
}

# What each volume has of its own; the rest is the same on all.
is_of_volume() {
  case $1 in bundle.env | bundle.yaml | README.txt) return 0 ;; esac
  return 1
}

is_taken() { [ -f "$spool/$2" ] && [ -f "$marks/files" ] && grep -q -x -F -e "$1  $2" -- "$marks/files"; }

count_file() {
  if is_of_volume "$2" || is_taken "$1" "$2"; then return 0; fi
  count_bytes=$(bytes_of "$folder/$2")
  is_number "$count_bytes" || stop 3 "$2 cannot be read" "the script cannot find out its size" "check the medium: ls -l $folder"
  take_bytes=$((take_bytes + count_bytes))
}

take_file() {
  if is_of_volume "$2" || is_taken "$1" "$2"; then return 0; fi
  take_to=$spool/$2
  if [ -f "$take_to" ] && [ "$(sha256_of "$take_to")" != "$1" ]; then
    stop 3 "volumes of ${bundle:-this bundle} differ in $2" "one volume belongs to another bundle, or was changed" \
      "check the labels of the volumes; to start again, delete the folder $spool"
  fi
  if [ ! -f "$take_to" ]; then
    mkdir -p -- "${take_to%/*}"
    source_of "$2"
    take_size=$(bytes_of "$source_of")
    progress_at $((2 * taken_bytes)) grows "$marks/part" "$2"
    rm -f -- "$marks/part"
    if ! cp -- "$source_of" "$marks/part" 2>/dev/null; then
      rm -f -- "$marks/part"
      stop 7 "$2 could not be copied to $spool" \
        "the disk is full ($(size "$(free_bytes "$spool")") are free), or the medium cannot be read: cat < '$folder/$2' > /dev/null" \
        "free some space, or clean the disc, then run the same command again; it continues with this file"
    fi
    progress_at $((2 * taken_bytes + ${take_size:-0})) reads "$private/reader" "$2"
    if [ "$(sha256_of "$marks/part")" != "$1" ]; then
      rm -f -- "$marks/part"
      stop 3 "damaged: $2" "its hash differs from SHA256SUMS; the files before it are sound and copied" \
        "run the same command again: a drive can read better the second time" \
        "ask the sender to write this volume again: --reissue ${bundle:-<transfer>} --volume=$volume"
    fi
    taken_bytes=$((taken_bytes + ${take_size:-0}))
    progress_at $((2 * taken_bytes)) grows /dev/null "$2"
    mv -f -- "$marks/part" "$take_to"
  fi
  printf '%s  %s\n' "$1" "$2" >>"$marks/files"
}

# 1. archives in pieces become whole, their pieces go; 2. SHA256SUMS of all and bundle.env; 3. the mark that says so.
put_together() {
  while read -r split_name split_hash split_parts; do
    [ -n "$split_name" ] || continue
    is_taken "$split_hash" "$archives/$split_name" || join_parts
  done <<END
$splits
END
  compose_spool "$marks"
  { mv -f -- "$marks/SHA256SUMS" "$spool/SHA256SUMS" && mv -f -- "$marks/bundle.env" "$spool/bundle.env" &&
    : >"$marks/together"; } || stop 7 "$spool/bundle.env could not be written" \
    "the disk may be full" "free some space, then run the same command again"
}

# compose_spool <folder>: writes bundle.env and SHA256SUMS of all volumes, out of what was kept of each.
compose_spool() {
  composed=$1/sums
  : >"$composed"
  compose_volume=1
  while [ "$compose_volume" -le "$volumes" ]; do
    for_each_sum "$marks/volume-$compose_volume/SHA256SUMS" compose_line
    sed -n "s|^split=\([^ ]*\) \([0-9a-f]*\) [0-9]*\$|\2  $archives/\1|p" "$marks/volume-$compose_volume/bundle.env" >>"$composed"
    compose_volume=$((compose_volume + 1))
  done
  sed '/^volume=/d; /^split=/d' "$marks/volume-1/bundle.env" >"$1/bundle.env"
  printf 'volume=all\n' >>"$1/bundle.env"
  printf '%s  bundle.env\n' "$(sha256_of "$1/bundle.env")" >>"$composed"
  sort -u -- "$composed" >"$1/SHA256SUMS" || stop 7 "$1 could not be written" "the disk may be full" "free some space, then run the same command again"
}

compose_line() {
  case $2 in parts/*) return 0 ;; esac
  is_of_volume "$2" || printf '%s  %s\n' "$1" "$2" >>"$composed"
}

join_parts() {
  join_to=$spool/$archives/$split_name
  mkdir -p -- "$spool/$archives"
  rm -f -- "$marks/part"
  say "  joining    $split_name from $(count "$split_parts" piece)"
  join_part=1 join_bytes=0
  while [ "$join_part" -le "$split_parts" ]; do
    join_size=$(bytes_of "$spool/parts/$split_name.$(printf '%03d' "$join_part")")
    join_bytes=$((join_bytes + ${join_size:-0}))
    join_part=$((join_part + 1))
  done
  progress_start joining "$join_bytes"
  progress_at 0 grows "$marks/part" "$split_name"
  join_part=1
  while [ "$join_part" -le "$split_parts" ]; do
    join_from=$spool/parts/$split_name.$(printf '%03d' "$join_part")
    cat -- "$join_from" >>"$marks/part" 2>/dev/null || stop 7 "$split_name could not be joined from its pieces" \
      "only $(size "$(free_bytes "$spool")") are free in $spool" "free as much space as the archive needs, then run the same command again"
    join_part=$((join_part + 1))
  done
  progress_stop
  progress_start checking "$join_bytes"
  progress_at 0 reads "$private/reader" "$split_name"
  join_hash=$(sha256_of "$marks/part")
  progress_stop
  [ "$join_hash" = "$split_hash" ] || stop 3 "the joined $split_name has a wrong hash" \
    "every piece matches SHA256SUMS, so bundle.env names the wrong pieces" "ask the sender for another bundle"
  mv -f -- "$marks/part" "$join_to"
  printf '%s  %s\n' "$split_hash" "$archives/$split_name" >>"$marks/files"
  while [ "$join_part" -gt 1 ]; do
    join_part=$((join_part - 1))
    rm -f -- "$spool/parts/$split_name.$(printf '%03d' "$join_part")"
  done
}

# --- what is kept, and what is not needed any more -------------------------------------------------------------------

# Calls <function> <name of the spool> for each, with what is known of it.
for_each_spool() {
  set +f
  for spool_each in "$site"/spool/*/; do
    set -f
    spool_each=${spool_each%/}
    if [ ! -d "$spool_each" ] || [ -L "$spool_each" ]; then continue; fi
    read_spool "${spool_each##*/}"
    "$1" "${spool_each##*/}"
  done
  set -f
}

# The head of a spool, and which of its volumes are there, by its marks.
read_spool() {
  spool_seal='' spool_number='' spool_head='' spool_has=0 spool_volumes=${1##*.}
  is_number "$spool_volumes" || spool_volumes=1
  spool_volume=1
  while [ "$spool_volume" -le "$spool_volumes" ]; do
    spool_facts=$site/taken/$1/volume-$spool_volume/bundle.env
    if [ -f "$spool_facts" ]; then
      spool_has=$((spool_has + 1))
      spool_seal=$(sed -n 's/^seal=//p' "$spool_facts")
      spool_number=$(sed -n 's/^number=//p' "$spool_facts")
      spool_head=$(sed -n 's/^folder=//p' "$spool_facts")
    fi
    spool_volume=$((spool_volume + 1))
  done
}

show_spools() { for_each_spool show_spool; }

show_spool() {
  show_spool_state="$spool_has of $(count "$spool_volumes" volume) ingested"
  ! knows "$ledger" "${spool_seal:-none}" || show_spool_state="$show_spool_state, and uploaded: clean deletes it"
  say "Spool $1: ${spool_head:-not known, of an earlier version}, $show_spool_state"
}

clean_site() {
  if [ ! -d "$site" ]; then
    say "Nothing to delete: the folder $site does not exist."
    return 0
  fi
  read_newest
  [ "$dry_run" = yes ] || enter_site
  cleaned=0
  for_each_spool clean_spool
  clean_logs
  [ "$cleaned" -gt 0 ] || say "Nothing to delete."
  [ "$dry_run" = no ] || say "Dry run complete: nothing was changed."
}

# Not needed are those that were uploaded, and those of which something newer was.
clean_spool() {
  if knows "$ledger" "${spool_seal:-none}" || { is_number "$spool_number" && [ "$spool_number" -lt "$newest_number" ]; }; then
    say "Deleting the spool $1 (${spool_head:-not known})"
    cleaned=$((cleaned + 1))
    [ "$dry_run" = yes ] || rm -rf -- "$site/taken/$1" "$site/spool/$1"
  else
    say "Kept: the spool $1, which was not uploaded yet (to delete it: rm -r '$site/spool/$1')"
  fi
}

# The newest ten stay.
clean_logs() {
  set +f
  set -- "$site"/logs/*
  set -f
  [ -e "$1" ] || return 0
  while [ $# -gt 10 ]; do
    say "Deleting ${1##*/}"
    cleaned=$((cleaned + 1))
    [ "$dry_run" = yes ] || rm -f -- "$1"
    shift
  done
}

# --- what uploads, and what it needs ---------------------------------------------------------------------------------

choose_engine() {
  if [ -n "$oc_mirror" ]; then
    { [ -f "$oc_mirror" ] && [ -x "$oc_mirror" ]; } || stop 6 "$oc_mirror is not a program" \
      "--oc-mirror or SEQMIRROR_OC_MIRROR names this file" "name the right path, or leave it out to use oc-mirror in PATH"
    oc_mirror_in=$(cd "${oc_mirror%/*}/" && pwd -P)
    case $oc_mirror_in/ in "${folder%/}"/*) stop 4 "$oc_mirror is on the medium" \
      "a person who can change the medium could change this program" "install oc-mirror on this machine, into /usr/local/bin" ;; esac
  elif has oc-mirror; then
    oc_mirror=$(command -v oc-mirror)
  fi
  uploader=$folder/seqmirror-upload.js
  [ "$installed" = no ] || uploader=$here/seqmirror-upload.js
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
  if [ ! -f "$uploader" ]; then enclosed_lacks="seqmirror-upload.js is not beside this script (bundles contain it)"
  elif [ -L "$uploader" ]; then enclosed_lacks="$uploader is a symbolic link"
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
  stop 6 "$1" "the upload needs oc-mirror, or Node with seqmirror-upload.js" \
    "install oc-mirror 4.18 or later: unpack oc-mirror.tar.gz of the OpenShift clients into /usr/local/bin; or name the program: --oc-mirror=<program>" \
    "install Node 20.3 or later (on RHEL: dnf module install nodejs:20), and upload from a bundle, which contains seqmirror-upload.js"
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
    warn "only $(size "$space_free") are free in $cache; the cache already has a part of the content, so this may be enough"
    return 0
  fi
  stop 7 "$cache needs $(size "$space_needed"), and $(size "$space_free") are free" \
    "oc-mirror unpacks the archives into its cache before the upload; the upload was not started" \
    "free $(size $((space_needed - space_free))) on this disk" \
    "move the cache to a larger disk, and always add --cache-dir=<folder>" \
    "use seqmirror-upload.js, which needs no disk space: --engine=enclosed"
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
# REGISTRY_* variable for a setting of its own, and panics of REGISTRY_AUTH_FILE. Values stay out of every argument list,
# where others could read them: proxies have passwords.
with_environment() {
  environment_host=${registry%%/*}
  case $environment_host in *:*[!0-9]*) ;; *:*) environment_host=${environment_host%:*} ;; esac
  environment_near=localhost,127.0.0.1,${NO_PROXY:-${no_proxy:-}}
  [ "$black_hole" = no ] || environment_near=localhost,127.0.0.1,$environment_host
  environment_temporary=${work:-$private}/tmp environment_address=127.0.0.1:${port:-0} environment_home=${HOME:-$site}
  environment_dark=$black_hole
  # Names have no spaces.
  # shellcheck disable=SC2013
  for environment_name in $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/) print name }' </dev/null); do
    case $environment_name in
      PATH | HOME | XDG_RUNTIME_DIR | XDG_CONFIG_HOME | DOCKER_CONFIG | SSL_CERT_FILE | SSL_CERT_DIR) ;;
      NODE_EXTRA_CA_CERTS | OCP_SIGNATURE_VERIFICATION_PK | environment_*) ;;
      HTTP_PROXY | HTTPS_PROXY | http_proxy | https_proxy | CONTAINERS_REGISTRIES_CONF) ;;
      # What a shell does not let go of.
      SHELLOPTS | BASHOPTS | BASH_* | UID | EUID | PPID) ;;
      *) unset "$environment_name" ;;
    esac
  done
  if [ "$environment_dark" = yes ]; then
    HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1
    CONTAINERS_REGISTRIES_CONF=/dev/null
    export HTTP_PROXY HTTPS_PROXY http_proxy https_proxy CONTAINERS_REGISTRIES_CONF
  fi
  HOME=$environment_home TMPDIR=$environment_temporary NO_PROXY=$environment_near no_proxy=$environment_near
  REGISTRY_HTTP_ADDR=$environment_address
  export HOME TMPDIR NO_PROXY no_proxy REGISTRY_HTTP_ADDR
  exec "$@"
}

# --- upload ----------------------------------------------------------------------------------------------------------

# The folder that oc-mirror works in: writable, wherever the medium is, with links to its archives.
make_work_folder() {
  work=$site/work
  rm -rf -- "$work"
  mkdir -p -- "$work/tmp" || stop 7 "$work cannot be created" "the upload needs this folder" "check the folder $site"
  for archive in $archive_names; do
    ln -s -- "$folder/$archives/$archive" "$work/$archive" || stop 7 "$work/$archive cannot be created" \
      "oc-mirror reads the archives through links in a writable folder" "use another disk: --site-dir=<folder>"
  done
  choose_config
  copy_checked "$config_used" "$work/imageset-config.yaml"
  copy_templates
  [ "$engine" != enclosed ] || make_private_bundle
}

# What the enclosed uploader gets as the bundle: a copy of every record, each hashed after it was copied, and links to
# the archives, whose blobs it hashes while it sends them.
make_private_bundle() {
  private_bundle=$work/bundle
  mkdir -p -- "$private_bundle/$archives"
  for_each_sum "$sums" copy_record
  cp -- "$sums" "$private_bundle/SHA256SUMS" || stop 7 "$private_bundle could not be written" "the disk may be full" "free some space, then run the same command again"
  [ "$installed" = yes ] || uploader=$private_bundle/seqmirror-upload.js
}

copy_record() {
  case $2 in */*) mkdir -p -- "$private_bundle/${2%/*}" ;; esac
  if is_archive "${2##*/}"; then
    ln -s -- "$folder/$2" "$private_bundle/$2" || stop 7 "$private_bundle/$2 cannot be created" \
      "the uploader reads the archives through links" "use another disk: --site-dir=<folder>"
  else
    copy_checked "$2" "$private_bundle/$2"
  fi
}

# Files that the configuration names for CatalogSources; oc-mirror looks for them from where it works.
copy_templates() {
  templates=$(sed -n "s/^[ -]*targetCatalogSourceTemplate: *[\"']\{0,1\}\([A-Za-z0-9._/-]*\)[\"']\{0,1\} *\$/\\1/p" \
    "$work/imageset-config.yaml")
  for template in $templates; do
    template=${template#./}
    case /$template/ in //* | */../*) continue ;; esac
    if is_plain "$template"; then
      case $template in */*) mkdir -p -- "$work/${template%/*}" ;; esac
      copy_checked "$template" "$work/$template"
    else say "  note       the template $template of the configuration is missing; CatalogSources are made without it"; fi
  done
}

# What was checked may have been changed since: the copy counts.
copy_checked() {
  source_of "$1"
  cp -- "$source_of" "$2" || stop 7 "$1 could not be copied to $work" "the upload reads this copy" "check both folders"
  copy_sum=$(sum_of "$sums" "$1")
  [ -z "$copy_sum" ] || [ "$(sha256_of "$2")" = "$copy_sum" ] ||
    stop 3 "$1 was changed after it was checked" "its hash no longer matches SHA256SUMS" \
      "find out who writes to $folder, then run the same command again"
}

# With every tag resolved, catalogs cannot be taken from what was imported at another time. Before 4.22, oc-mirror finds a
# filtered catalog by the text of the configuration that it was mirrored with, so it must get that.
choose_config() {
  config_used=$config
  [ "$engine" = oc-mirror ] && [ -n "$pinned" ] && [ -f "$held/$pinned" ] || return 0
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
  [ -z "$max_nested_paths" ] || set -- "$@" "--max-nested-paths=$max_nested_paths"
  run_engine "$oc_mirror" "$@" "docker://$registry"
}

# The command line of seqmirror-upload.js, which leaves working-dir/cluster-resources/ in its --output, and in verified
# a line for each image that the registry answered for.
enclosed_arguments() {
  set -- --bundle "$private_bundle" --registry "$registry" --output "$work" --expect-seal "$seal" \
    --expect-sums "sha256:$(sha256_of "$sums")"
  [ -z "$authfile" ] || set -- "$@" --authfile "$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --insecure
  [ "$roll_back" = no ] || set -- "$@" --roll-back
  # Whoever uploads again does not believe the ledger, so the registry is asked for every layer.
  [ "$again" = no ] || set -- "$@" --thorough
  [ -z "$max_nested_paths" ] || set -- "$@" --max-nested-paths "$max_nested_paths"
  run_engine node "$uploader" "$@"
}

# Starts it, or shows how it would be started.
run_engine() {
  if [ "$dry_run" = yes ]; then
    say "Would run, in $site/work, with links to the archives:"
    run_shown="  $(quoted "$1")"
    shift
    for run_word in "$@"; do
      run_word=$(quoted "$run_word")
      # A word begins a new line where it would make this one too long for a terminal.
      if [ $((${#run_shown} + ${#run_word})) -gt 79 ]; then
        say "$run_shown \\"
        run_shown="    $run_word"
      else
        run_shown="$run_shown $run_word"
      fi
    done
    say "$run_shown"
    return 0
  fi
  rm -f -- "$work/output"
  mkfifo -- "$work/output" || stop 7 "$work/output cannot be created" "the file system of $site has no named pipes" \
    "use another disk: --site-dir=<folder>"
  tee -a -- "$log" <"$work/output" | while IFS= read -r run_line || [ -n "$run_line" ]; do
    clear_bar
    say "  | $run_line"
  done &
  run_reader=$!
  case $engine in
    # Its result, on standard output, is for who starts it alone: the end of this script says the same.
    # On a terminal it draws its bar there itself.
    enclosed) (cd "$work/" && with_environment "$@") 3>&1 >>"$log" 2>"$work/output" & ;;
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
  case $engine in enclosed) upload_with='the enclosed uploader' ;; *) upload_with=$engine ;; esac
  say "Uploading $head to $registry with $upload_with"
  say "  log        $log"
  case $engine in
    oc-mirror)
      printf '%s\n' "$seal" >"$cache/seqmirror-started"
      printf '%s\n' "$seal $number $head $(now)" >>"$unpacked"
      port_given=$port
      upload_attempt=1
      while :; do
        [ -n "$port_given" ] || choose_port
        oc_mirror_arguments
        port_was_taken || break
        upload_attempt=$((upload_attempt + 1))
        say "  another program uses port $port now; trying again with another port"
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
    stop 8 "$failed_what" "a disk is full: the disk of $cache, or the disk of the registry" "free space, then run the same command again"
  elif failed_by 'manifest unknown' 'blob unknown' 'MANIFEST_UNKNOWN' 'BLOB_UNKNOWN'; then
    stop 8 "$failed_what" "the cache or the registry has lost content of an earlier sequence" \
      "upload the earlier sequences once more, in order: ./seq-upload.sh --again in each of their folders" \
      "ask the sender for a bundle that needs no earlier sequence: nx run mirror-seq$number:bundle --fresh"
  elif failed_by 'unauthorized' 'authentication required' 'failed to authenticate' 'denied'; then
    stop 8 "$failed_what" "$registry refused the credentials" \
      "podman login --authfile=<file> ${registry%%/*}, then run the same command again with --authfile=<file>"
  elif failed_by 'x509' 'certificate' 'HTTP response to HTTPS client'; then
    stop 8 "$failed_what" "this machine does not trust the certificate of $registry" \
      "copy its CA to /etc/pki/ca-trust/source/anchors, run update-ca-trust, then run the same command again" \
      "only in a test environment: --dest-tls-verify=false"
  elif failed_by 'connection refused' 'no such host' 'no route to host' 'i/o timeout'; then
    stop 8 "$failed_what" "$registry did not answer" "check whether the registry runs: curl -k https://${registry%%/*}/v2/, then run the same command again"
  fi
  stop 8 "$failed_what" "its last messages are above; the registry keeps what was uploaded" "run the same command again: the upload continues where it stopped"
}

# It says itself what happened, why, and what to do, and ends with the numbers of this script.
enclosed_failed() {
  case $engine_exit in
    2 | 3 | 5 | 7) failed_code=$engine_exit ;;
    *) failed_code=8 ;;
  esac
  stop "$failed_code" "seqmirror-upload.js ended with $engine_exit; log: $log" \
    "its messages are above; the registry keeps what was uploaded" "do what the messages say, then run the same command again: the upload continues where it stopped"
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
  remember_newest
  # A list that nobody signed names this site only where nobody's signature is asked for.
  [ "$statement_verified" = yes ] || [ "$has_signers" = no ] || return 0
  case $sites in '' | *,*) ;; *) [ -n "$(recorded site-name)" ] || record site-name "$sites" ;; esac
}

# --- what the cluster needs to know ----------------------------------------------------------------------------------

# Keeps what was made in the site folder, by sequence; and beside the archives, where that can be written.
keep_resources() {
  made_in=$work/working-dir/cluster-resources
  resources=
  [ -d "$made_in" ] || return 0
  resources=$site/cluster-resources/$head
  copy_resources "$resources" || stop 7 "$resources could not be written" "the disk may be full" \
    "free some space, then run the same command again with --again"
  if [ "$layout" = sequence ] && [ -w "$folder" ] && no_link "$folder/working-dir" && no_link "$folder/working-dir/cluster-resources" &&
    copy_resources "$folder/working-dir/cluster-resources" 2>/dev/null; then
    resources=$folder/working-dir/cluster-resources
  fi
}

no_link() { [ ! -L "$1" ] && [ ! -L "$1.new" ]; }

copy_resources() {
  rm -rf -- "$1.new" && mkdir -p -- "$1.new" && cp -R -- "$made_in/." "$1.new/" && rm -rf -- "$1" && mv -- "$1.new" "$1"
}

show_resources() {
  if [ -z "$resources" ]; then
    say "This sequence has no cluster resources."
    return 0
  fi
  say "For the cluster, in this order, from"
  say "  $resources:"
  show_step "release signatures; nothing restarts" signature-configmap
  show_step "where images come from now. Every machine config pool rolls: nodes are${newline}drained one by one, and older releases reboot them. Wait:${newline}oc wait mcp --all --for=condition=Updated --timeout=90m" idms- itms-
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
  printf '%s\n' "$step_about" | while read -r step_line; do say "      $step_line"; done
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

# Asks the registry for each image of the head by its digest, and what its tag stands for, which lists of earlier versions
# do not say; leaves in $work/verified those that it has. Fails when nothing here can ask.
verify_images() {
  if [ -z "$images" ] || [ ! -f "$held/$images" ]; then return 1; fi
  find_asker || return 1
  verified_count=0 verified_all=0
  : >"$work/verified"
  while IFS= read -r verify_line || [ -n "$verify_line" ]; do
    verify_repository=${verify_line%@*} verify_digest=${verify_line#*@} verify_tag=''
    case $verify_repository in
      *:*)
        verify_tag=${verify_repository#*:} verify_repository=${verify_repository%%:*}
        is_tag "$verify_tag" || damaged_facts "$images has a line that is not an image: $verify_line"
        ;;
    esac
    case $verify_repository in
      '' | [!a-z0-9]* | *[!a-z0-9._/-]*) damaged_facts "$images has a line that is not an image: $verify_line" ;;
    esac
    is_seal "$verify_digest" || damaged_facts "$images has a line that is not an image: $verify_line"
    verified_all=$((verified_all + 1))
    if "$asker" "$verify_repository" "$verify_digest" '' &&
      { [ -z "$verify_tag" ] || "$asker" "$verify_repository" "$verify_digest" "$verify_tag"; }; then
      printf '%s\n' "$verify_line" >>"$work/verified"
      verified_count=$((verified_count + 1))
    else
      [ "$((verified_all - verified_count))" -gt 5 ] || warn "$registry does not answer for $verify_line"
    fi
  done <"$held/$images"
}

is_tag() {
  case $1 in '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9._-]*) return 1 ;; esac
  [ ${#1} -le 128 ]
}

# What the enclosed uploader asked for is compared with what there is to be asked for.
count_verified() {
  verified_count=$(sort -u -- "$work/verified" | wc -l | tr -d ' ')
  verified_all=$verified_count
  if [ -z "$images" ] || [ ! -f "$held/$images" ]; then return 0; fi
  verified_all=$(sort -u -- "$held/$images" | wc -l | tr -d ' ')
}

find_asker() {
  asker=
  if has skopeo; then asker=ask_by_skopeo
  elif has curl; then
    read_curl_facts
    # Registries that hand out tokens answer 401 all the same: skopeo knows how to ask them.
    [ "$(curl_status "$curl_scheme://${registry%%/*}/v2/")" != 200 ] || asker=ask_by_curl
  fi
  [ -n "$asker" ]
}

read_curl_facts() {
  curl_scheme=https curl_auth='' curl_bearer=''
  if [ "$tls_verify" = false ] && [ "$(curl_status "https://${registry%%/*}/v2/")" = 000 ]; then curl_scheme=http; fi
  if [ -n "$authfile" ] && [ -f "$authfile" ]; then
    curl_auth=$(tr -d '\n\t ' <"$authfile" |
      sed -n "s|.*\"${registry%%/*}\":{[^}]*\"auth\":\"\\([A-Za-z0-9+/=]*\\)\".*|\\1|p")
  fi
}

# Where a repository is at the registry. With --max-nested-paths, parts beyond the last are joined to it by hyphens.
path_at_registry() {
  path_at=$1
  case $registry in */*) path_at=${registry#*/}/$1 ;; esac
  [ -z "$max_nested_paths" ] || path_at=$(printf '%s\n' "$path_at" | awk -F/ -v "most=$max_nested_paths" \
    '{ for (i = 1; i <= NF; i++) printf "%s%s", i == 1 ? "" : i <= most ? "/" : "-", $i; print "" }')
}

# ask_by_skopeo <repository> <digest> <tag or nothing>: whether the tag stands for the digest, or the digest is there.
ask_by_skopeo() {
  path_at_registry "$1"
  ask_to=docker://${registry%%/*}/$path_at@$2 ask_digest=$2
  [ -z "$3" ] || ask_to=docker://${registry%%/*}/$path_at:$3
  set -- skopeo inspect --raw
  [ -z "$authfile" ] || set -- "$@" --authfile "$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --tls-verify=false
  (with_environment "$@" "$ask_to") >"$work/manifest" 2>/dev/null </dev/null &&
    [ "sha256:$(sha256_of "$work/manifest")" = "$ask_digest" ]
}

ask_by_curl() {
  path_at_registry "$1"
  ask_to=$curl_scheme://${registry%%/*}/v2/$path_at/manifests/${3:-$2}
  [ "$(curl_status "$ask_to" "$work/answer")" = 200 ] || return 1
  [ -n "$3" ] || return 0
  ask_found=$(tr 'A-Z\r' 'a-z ' <"$work/answer" | sed -n 's/^docker-content-digest: *\([a-z0-9:]*\) *$/\1/p' | sed -n '$p')
  if [ -z "$ask_found" ]; then
    [ "$(curl_get "$ask_to" "$work/answer" "$work/manifest")" = 200 ] || return 1
    ask_found=sha256:$(sha256_of "$work/manifest")
  fi
  [ "$ask_found" = "$2" ]
}

# curl_status <url> [<file for the headers>]: the answer to HEAD.
curl_status() {
  curl_config "$1" | (with_environment curl --config - --head --silent --dump-header "${2:-/dev/null}" --output /dev/null \
    --write-out '%{http_code}' --max-time 60)
}

# curl_get <url> <file for the headers> [<file for the body>]: the answer to GET.
curl_get() {
  curl_config "$1" | (with_environment curl --config - --silent --dump-header "$2" --output "${3:-/dev/null}" \
    --max-filesize 1048576 --write-out '%{http_code}' --max-time 60)
}

# Credentials go by standard input: arguments can be seen by everybody.
curl_config() {
  for curl_type in oci.image.index.v1 oci.image.manifest.v1 docker.distribution.manifest.list.v2 docker.distribution.manifest.v2; do
    printf 'header = "Accept: application/vnd.%s+json"\n' "$curl_type"
  done
  if [ -n "$curl_bearer" ]; then printf 'header = "Authorization: Bearer %s"\n' "$curl_bearer"
  elif [ -n "$curl_auth" ]; then printf 'header = "Authorization: Basic %s"\n' "$curl_auth"; fi
  [ "$tls_verify" = true ] || printf 'insecure\n'
  printf 'url = "%s"\n' "$1"
}

# Which site this is: as given or in its settings, else whom the bundle was made for, when that is one.
name_of_site() {
  [ -n "$site_name" ] || site_name=$settings_site
  [ -n "$site_name" ] || case $sites in *,*) ;; *) site_name=$sites ;; esac
  case $site_name in '' | -* | *[!a-z0-9-]*) return 1 ;; esac
  [ ${#site_name} -le 32 ]
}

write_receipt() {
  [ "$receipt" = yes ] || return 0
  if ! name_of_site; then
    say "No receipt: the name of this site is not known. Add --site=<code name>."
    return 0
  fi
  if [ -s "$work/verified" ]; then
    count_verified
  elif ! verify_images; then
    say "No receipt: this machine has no program that can check the images in $registry. Install skopeo or curl."
    return 0
  fi
  if [ "$verified_count" -ne "$verified_all" ]; then
    warn "$registry has $verified_count of $(count "$verified_all" image) of $head: no receipt. Run the same command again with --again; if images are still missing, tell the sender"
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
    stop 7 "$receipt_file could not be written" "the disk may be full" "free some space, then run the same command again with --again"
  rm -f -- "$receipt_file.sig"
  # The site's own key, where it has one: the sender knows its other half.
  if [ -f "$site/receipt_key" ] && has ssh-keygen; then
    ssh-keygen -Y sign -q -f "$site/receipt_key" -n seqmirror-receipt "$receipt_file" </dev/null >/dev/null 2>&1 ||
      warn "the receipt could not be signed with $site/receipt_key: use a key without a passphrase"
  fi
  say "Receipt: $(count "$receipt_count" image) verified in the registry."
  say "  send back  $receipt_file$([ ! -f "$receipt_file.sig" ] || printf ' and its .sig')"
  say "  or, by phone or on paper, this code:  $(sed -n 's/^code=//p' "$receipt_file")"
}

# --- asking the registry, before anything is written -----------------------------------------------------------------

# For a dry run: whether the registry answers at /v2/, and takes the credentials.
ask_registry() {
  mkdir -p -- "$private/tmp"
  if [ "$engine" = enclosed ]; then
    ask_by_uploader
  elif has curl; then
    read_curl_facts
    ask_by_version
  else
    say "  registry   not checked: curl is not installed"
  fi
}

# The uploader's own dry run: it reads the records, and asks the registry which images it has.
ask_by_uploader() {
  work=$private
  make_private_bundle
  set -- --bundle "$private_bundle" --registry "$registry" --dry-run --expect-seal "$seal" \
    --expect-sums "sha256:$(sha256_of "$sums")"
  [ -z "$authfile" ] || set -- "$@" --authfile "$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --insecure
  [ "$roll_back" = no ] || set -- "$@" --roll-back
  [ -z "$max_nested_paths" ] || set -- "$@" --max-nested-paths "$max_nested_paths"
  (cd "$private/" && with_environment node "$uploader" "$@") >"$private/answer" 2>&1
  engine_exit=$?
  while IFS= read -r ask_line || [ -n "$ask_line" ]; do say "  | $ask_line"; done <"$private/answer"
  log=$private/answer
  [ "$engine_exit" -eq 0 ] || enclosed_failed
}

ask_by_version() {
  ask_status=$(curl_get "$curl_scheme://${registry%%/*}/v2/" "$private/headers")
  [ "$ask_status" != 401 ] || ask_for_token
  case $ask_status in
    200) say "  registry   answers${curl_auth:+, and takes the credentials}" ;;
    401 | 403) stop 8 "$registry refuses the credentials (HTTP $ask_status)" \
      "${authfile:+of $authfile; }${authfile:-no --authfile was given}" \
      "podman login --authfile=<file> ${registry%%/*}, then run the same command again with --authfile=<file>" ;;
    000) stop 8 "$registry was not reached" "the registry does not run, its name is unknown, or its certificate is not trusted" \
      "check whether the registry runs: curl -k https://${registry%%/*}/v2/" "only in a test environment: --dest-tls-verify=false" ;;
    *) stop 8 "$registry answers /v2/ with HTTP $ask_status" "a container registry answers with 200 or 401" \
      "check whether ${registry%%/*} is the registry: curl -k https://${registry%%/*}/v2/" ;;
  esac
}

# Registries that hand out tokens name in their answer whom to ask for one (Distribution, "Token Authentication").
ask_for_token() {
  ask_challenge=$(tr -d '\r' <"$private/headers" | sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate: *[Bb]earer *//p' | sed -n 1p)
  ask_realm=$(printf '%s\n' "$ask_challenge" | sed -n 's/.*realm="\([^"\\]*\)".*/\1/p')
  ask_service=$(printf '%s\n' "$ask_challenge" | sed -n 's/.*service="\([A-Za-z0-9._:/-]*\)".*/\1/p')
  # A password that went by TLS so far does not go on without it.
  case $curl_scheme:$ask_realm in *:https://* | http:http://*) ;; *) return 0 ;; esac
  ask_status=$(curl_get "$ask_realm?service=$ask_service" "$private/token-headers" "$private/token")
  [ "$ask_status" = 200 ] || return 0
  curl_bearer=$(tr -d '\n' <"$private/token" | sed -n 's/.*"\(access_\)\{0,1\}token" *: *"\([A-Za-z0-9._~+/=-]*\)".*/\2/p')
  ask_status=$(curl_get "$curl_scheme://${registry%%/*}/v2/" "$private/headers")
}

# --- the script that stays on this side ------------------------------------------------------------------------------

# Puts this script and the uploader into the site folder, so that from now on nothing that a medium brings is run.
install() {
  { [ "$layout" = bundle ] && [ "$volume" != all ]; } || stop 2 "this folder is not a bundle" \
    "install needs SHA256SUMS of a bundle to check the script and the uploader" "run install on the medium of a bundle"
  check_age
  check_signature
  list_archives
  install_names=
  for install_name in seq-upload.sh seqmirror-upload.js; do
    install_sum=$(sum_of "$sums" "$install_name")
    [ -n "$install_sum" ] || continue
    is_plain "$install_name" || stop 3 "$install_name is missing, or is not a plain file" "SHA256SUMS lists it" "copy the medium again"
    { cp -- "$folder/$install_name" "$private/$install_name" && [ "$(sha256_of "$private/$install_name")" = "$install_sum" ]; } ||
      stop 3 "damaged: $install_name" "its hash differs from SHA256SUMS" "do not run this program; ask the sender for another medium"
    install_names="$install_names $install_name"
  done
  case $install_names in *' seq-upload.sh'*) ;; *) stop 3 "SHA256SUMS does not list seq-upload.sh" \
    "without a hash, the script cannot be checked" "ask the sender for another medium" ;; esac
  for install_name in $install_names; do
    [ "$installed" = yes ] || is_installed "$install_name" || may_not_replace "$install_name"
  done
  if [ "$dry_run" = yes ]; then
    show_hashes "Would install in $site:"
    say "Dry run complete: nothing was changed."
    return 0
  fi
  enter_site
  for install_name in $install_names; do
    install_to=$site/$install_name
    [ ! -d "$install_to" ] || stop 7 "$install_to is a folder" "install writes a program with this name" "delete the folder, then run the same command again"
    # Renamed over what is there, link or not, once it is whole.
    { rm -f -- "$install_to.new" && cp -- "$private/$install_name" "$install_to.new" && chmod 700 "$install_to.new" &&
      mv -f -- "$install_to.new" "$install_to"; } ||
      stop 7 "$install_to could not be written" "the disk may be full" "free some space, then run the same command again"
  done
  [ "$statement_verified" = no ] || remember_newest
  show_hashes "Installed in $site:"
  say "Compare both hashes with those that the sender gives you by phone or on paper, and"
  say "with those that the release of seqmirror publishes. If one differs, remove the files, and do not use the medium."
  say "From now on, run the installed script for every medium:"
  say "  $site/seq-upload.sh --medium=<folder> <registry>"
}

is_installed() {
  { [ ! -e "$site/$1" ] && [ ! -L "$site/$1" ]; } ||
    { [ -f "$site/$1" ] && [ ! -L "$site/$1" ] && [ "$(sha256_of "$site/$1")" = "$(sha256_of "$private/$1")" ]; }
}

may_not_replace() {
  stop 4 "another $1 is installed in $site" "a script on a medium may not replace the installed script" \
    "update with the installed script: $site/seq-upload.sh install --medium=$folder"
}

show_hashes() {
  say "$1"
  for install_name in $install_names; do say "  $(sha256_of "$private/$install_name")  $install_name"; done
}

# --- what is done, in order ------------------------------------------------------------------------------------------

introduce() {
  say "$head${description:+: $description}"
  introduce_kind=$kind
  [ "$kind" = sequence ] || introduce_kind="$kind bundle${bundle:+ $bundle}${sites:+ for $sites}"
  [ "$volumes" = 1 ] || introduce_kind="$introduce_kind, volume $volume of $volumes"
  say "  carried    $introduce_kind${made:+, made $made}"
  say "  seal       $(printf '%s' "$seal" | cut -c 1-19)"
}

main() {
  if [ "$given" -eq 0 ] && [ "$installed" = yes ]; then
    help >&2
    exit 2
  fi
  make_private
  find_hash_program
  forget_facts
  if [ "$installed" = no ] || [ "$folder" != "$here" ]; then
    read_facts
  elif [ "$command" != status ] && [ "$command" != clean ]; then
    misused "no medium is named: add --medium=<folder>"
  fi
  find_site
  case $command in
    status) status; exit 0 ;;
    clean) clean_site; exit 0 ;;
  esac
  check_mirror
  read_settings
  find_signers
  name_spool
  introduce
  case $command in
    check) check_medium; say "The medium is sound."; exit 0 ;;
    ingest) ingest; exit 0 ;;
    install) install; exit 0 ;;
  esac
  choose_registry
  choose_engine
  check_order
  check_age
  check_base
  use_spool
  if [ "$dry_run" = yes ]; then
    rehearse
    exit 0
  fi
  enter_site
  # Another run may have uploaded it before this one could begin.
  check_order
  check_age
  spooled_first=no
  if is_spooled_first && ! is_spool; then
    spooled_first=yes
    take_in
    use_spool
  fi
  check_medium
  [ "$statement_verified" = no ] || remember_newest
  check_space
  make_work_folder
  upload
  keep_resources
  remember
  write_receipt
  say "Done: $head is in $registry ($(size "$archive_bytes") in $(count "$(printf '%s\n' "$archive_names" | wc -l | tr -d ' ')" archive))."
  show_resources
  if [ "$spooled_first" = yes ]; then rm -rf -- "$marks" "$spool"
  elif is_spool; then say "The ingested volumes are not needed any more: $self clean deletes $spool"; fi
}

check_medium() {
  check_signature
  list_archives
  require_complete
  check_sums
}

# All that can be checked without writing, the registry's answer too.
rehearse() {
  check_medium
  check_space
  work=$site/work private_bundle=$site/work/bundle
  case $engine in oc-mirror) oc_mirror_arguments ;; enclosed) enclosed_arguments ;; esac
  ask_registry
  say "Dry run complete: nothing was changed."
}

main
