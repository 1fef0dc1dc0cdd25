
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
