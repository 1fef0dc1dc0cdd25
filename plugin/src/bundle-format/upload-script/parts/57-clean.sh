
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
