
# --- asking the registry, before anything is written -----------------------------------------------------------------

# For a dry run: whether the registry answers at /v2/, and takes the credentials.
ask_registry() {
  mkdir -p -- "$private/tmp"
  if [ "$engine" = enclosed ]; then
    ask_by_uploader
  elif has curl; then
    read_curl_facts
    ask_by_version
  else
    say "  registry   not checked: curl is not installed"
  fi
}

# The uploader's own dry run: it reads the records, and asks the registry which images it has.
ask_by_uploader() {
  work=$private
  make_private_bundle
  set -- --bundle "$private_bundle" --registry "$registry" --dry-run --expect-seal "$seal" \
    --expect-sums "sha256:$(sha256_of "$sums")"
  [ -z "$authfile" ] || set -- "$@" --authfile "$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --insecure
  [ "$roll_back" = no ] || set -- "$@" --roll-back
  [ -z "$max_nested_paths" ] || set -- "$@" --max-nested-paths "$max_nested_paths"
  (cd "$private/" && with_environment node "$uploader" "$@") >"$private/answer" 2>&1
  engine_exit=$?
  while IFS= read -r ask_line || [ -n "$ask_line" ]; do say "  | $ask_line"; done <"$private/answer"
  log=$private/answer
  [ "$engine_exit" -eq 0 ] || enclosed_failed
}

ask_by_version() {
  ask_status=$(curl_get "$curl_scheme://${registry%%/*}/v2/" "$private/headers")
  [ "$ask_status" != 401 ] || ask_for_token
  case $ask_status in
    200) say "  registry   answers${curl_auth:+, and takes the credentials}" ;;
    401 | 403) stop 8 "$registry refuses the credentials (HTTP $ask_status)" \
      "${authfile:+of $authfile; }${authfile:-no --authfile was given}" \
      "podman login --authfile=<file> ${registry%%/*}, then run the same command again with --authfile=<file>" ;;
    000) stop 8 "$registry was not reached" "the registry does not run, its name is unknown, or its certificate is not trusted" \
      "check whether the registry runs: curl -k https://${registry%%/*}/v2/" "only in a test environment: --dest-tls-verify=false" ;;
    *) stop 8 "$registry answers /v2/ with HTTP $ask_status" "a container registry answers with 200 or 401" \
      "check whether ${registry%%/*} is the registry: curl -k https://${registry%%/*}/v2/" ;;
  esac
}

# Registries that hand out tokens name in their answer whom to ask for one (Distribution, "Token Authentication").
ask_for_token() {
  ask_challenge=$(tr -d '\r' <"$private/headers" | sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate: *[Bb]earer *//p' | sed -n 1p)
  ask_realm=$(printf '%s\n' "$ask_challenge" | sed -n 's/.*realm="\([^"\\]*\)".*/\1/p')
  ask_service=$(printf '%s\n' "$ask_challenge" | sed -n 's/.*service="\([A-Za-z0-9._:/-]*\)".*/\1/p')
  # A password that went by TLS so far does not go on without it.
  case $curl_scheme:$ask_realm in *:https://* | http:http://*) ;; *) return 0 ;; esac
  ask_status=$(curl_get "$ask_realm?service=$ask_service" "$private/token-headers" "$private/token")
  [ "$ask_status" = 200 ] || return 0
  curl_bearer=$(tr -d '\n' <"$private/token" | sed -n 's/.*"\(access_\)\{0,1\}token" *: *"\([A-Za-z0-9._~+/=-]*\)".*/\2/p')
  ask_status=$(curl_get "$curl_scheme://${registry%%/*}/v2/" "$private/headers")
}
