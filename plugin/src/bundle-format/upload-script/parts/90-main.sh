
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
