
# --- what was asked for ----------------------------------------------------------------------------------------------

help() {
  cat <<END
Uploads what this folder carries to a registry that is disconnected from the internet.
seq-upload.sh $version; README.txt beside it says what is carried.

Usage: ./seq-upload.sh [registry] [options]      check everything, then upload
       ./seq-upload.sh check [options]           check the medium only
       ./seq-upload.sh ingest [options]          take this disc in, when a bundle has several
       ./seq-upload.sh install [options]         keep this script and the uploader on this side
       ./seq-upload.sh status [options]          what this site has
       ./seq-upload.sh clean [options]           remove what it does not need any more
       ./seq-upload.sh explain <code>            more about an exit code, or a code such as SEQ0641

  registry                host[:port][/namespace]; default: where this site uploaded last

  --medium=<folder>       what to work on; default: the folder of this script. For the one that
                          install put into the site folder: no program of the medium runs then
  --dry-run               check all that can be checked and change nothing; in any place
  --help, -h              this page
  --authfile=<file>       credentials for the registry (podman login --authfile)
  --dest-tls-verify=false the registry has no TLS that this machine trusts
  --black-hole            let nothing reach the internet: proxies lead nowhere, no registries.conf
  --engine=<name>         auto (default), oc-mirror, or enclosed (seqmirror-upload.js with Node)
  --max-nested-paths=<n>  the path of a repository has n parts at most; deeper ones are shortened
  --oc-mirror=<program>   default: SEQMIRROR_OC_MIRROR, else the one in PATH
  --port=<number>         for the registry that oc-mirror runs over its cache; default: a free one
  --site-dir=<folder>     what this site remembers: ledger, cache, spool; default:
                          SEQMIRROR_SITE_DIR, else ~/.seqmirror/<mirror>
  --cache-dir=<folder>    oc-mirror's cache; default: cache in the site folder
  --allowed-signers=<file> whose signatures count; default: SEQMIRROR_ALLOWED_SIGNERS, else
                          allowed_signers in the site folder; never a file of the medium
  --require-signature     refuse a medium that is not signed by one of them; so it is anyway where
                          signers are configured
  --allow-unsigned        take a medium that is not signed, though signers are configured
  --allow-older           go back: upload what is older than the newest sequence that this site
                          has seen; tags then point to the older images (also: --roll-back)
  --new-mirror=<id>       the medium is of a mirror that this side has not seen before
  --skip-sums             do not hash the archives again (they were checked just before)
  --site=<code name>      which site this is, for the receipt; default: whom the bundle was made for
  --no-receipt            write none
  --again                 upload what the ledger says is there already
  --assume-base           the ledger knows less than is there: do not ask for the sequences before

Exit codes:
  0  done, or nothing to do               6  a program is missing: it says which and where to get it
  1  a bug in this script; send the log   7  no space, or a folder that cannot be written
  2  wrong use                            8  the upload failed: run again, it goes on
  3  medium damaged or incomplete         9  another run is at work in the site folder
  4  signature wrong or absent          130  interrupted: run again, it goes on
  5  order: something is to be uploaded before, or newer content is there
END
}

# What an exit code means, and what to do. The table of docs/far-side-trouble.md is made from these lines.
explain() {
  case $1 in
    1) explained 'a bug in this script' 'send the sender everything that it printed, and the log if there is one' ;;
    2) explained 'a wrong option or registry name' './seq-upload.sh --help shows every option' ;;
    3) explained 'the medium is damaged or incomplete' 'try another drive, or ask the sender to write the named volume again' ;;
    4) explained 'a signature is wrong, absent or expired' 'do not upload; ask the sender over another channel' ;;
    5) explained 'the order is wrong' 'upload first what the message names. If the registry already holds newer content, there is nothing to do; to go back on purpose: --allow-older' ;;
    6) explained 'a program is missing' 'install Node 20.3 or later, or oc-mirror 4.18 or later; the message says which programs the script looked for' ;;
    7) explained 'there is no space, or a folder cannot be written' 'free space: ./seq-upload.sh clean removes what was uploaded already; --site-dir moves the site folder' ;;
    8) explained 'the upload failed' 'look at the log that the message names, then run the same command again: it continues where it stopped' ;;
    9) explained 'another run is at work in the site folder' 'wait for it: two uploads into one site folder would disturb each other' ;;
    130) explained 'you interrupted it' 'run the same command again: it continues where it stopped' ;;
    SEQ[0-9][0-9][0-9][0-9]) say "Codes like $1 come from seqmirror-upload.js beside this script: node seqmirror-upload.js --explain=$1" ;;
    '') misused 'explain needs an exit code: ./seq-upload.sh explain 5' ;;
    *) misused "$1 is no exit code of this script" ;;
  esac
}

explained() {
  say "Exit code $explain_code: $1"
  say "  Next:  $2"
  say "  More:  send the sender this number, all lines from the one that begins with 'Stopped:', and the log; none holds credentials"
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
