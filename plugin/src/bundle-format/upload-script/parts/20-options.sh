
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
