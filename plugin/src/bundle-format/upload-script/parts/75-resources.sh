
# --- what the cluster needs to know ----------------------------------------------------------------------------------

# Keeps what was made in the site folder, by sequence; and beside the archives, where that can be written.
keep_resources() {
  made_in=$work/working-dir/cluster-resources
  resources=
  [ -d "$made_in" ] || return 0
  resources=$site/cluster-resources/$head
  copy_resources "$resources" || stop 7 "$resources could not be written" "the disk may be full" \
    "free some space, then run the same command again with --again"
  if [ "$layout" = sequence ] && [ -w "$folder" ] && no_link "$folder/working-dir" && no_link "$folder/working-dir/cluster-resources" &&
    copy_resources "$folder/working-dir/cluster-resources" 2>/dev/null; then
    resources=$folder/working-dir/cluster-resources
  fi
}

no_link() { [ ! -L "$1" ] && [ ! -L "$1.new" ]; }

copy_resources() {
  rm -rf -- "$1.new" && mkdir -p -- "$1.new" && cp -R -- "$made_in/." "$1.new/" && rm -rf -- "$1" && mv -- "$1.new" "$1"
}

show_resources() {
  if [ -z "$resources" ]; then
    say "This sequence has no cluster resources."
    return 0
  fi
  say "For the cluster, in this order, from"
  say "  $resources:"
  show_step "release signatures; nothing restarts" signature-configmap
  show_step "where images come from now. Every machine config pool rolls: nodes are${newline}drained one by one, and older releases reboot them. Wait:${newline}oc wait mcp --all --for=condition=Updated --timeout=90m" idms- itms-
  show_step "catalogs; the pods of OperatorHub start again, no node does" cc- cs-
  show_step "update graph; needs the OpenShift Update Service operator, no node restarts" updateService
}

show_step() {
  step_about=$1
  shift
  step_files=
  for step_prefix in "$@"; do
    set +f
    for step_file in "$resources/$step_prefix"*.yaml; do
      step_file=${step_file##*/}
      if [ -f "$resources/$step_file" ] && is_name "$step_file"; then step_files="$step_files -f $step_file"; fi
    done
    set -f
  done
  [ -n "$step_files" ] || return 0
  say "  oc apply$step_files"
  printf '%s\n' "$step_about" | while read -r step_line; do say "      $step_line"; done
}
