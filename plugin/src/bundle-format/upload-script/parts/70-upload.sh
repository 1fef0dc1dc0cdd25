
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
