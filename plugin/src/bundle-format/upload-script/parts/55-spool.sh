
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
