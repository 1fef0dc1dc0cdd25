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
version=@VERSION@
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
