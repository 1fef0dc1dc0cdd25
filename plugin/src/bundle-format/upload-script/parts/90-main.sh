
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
