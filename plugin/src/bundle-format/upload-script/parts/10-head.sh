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
version=@VERSION@
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
