
# --- receipt: what the sender is told --------------------------------------------------------------------------------

# Asks the registry for each image of the head by its digest, and what its tag stands for, which lists of earlier versions
# do not say; leaves in $work/verified those that it has. Fails when nothing here can ask.
verify_images() {
  if [ -z "$images" ] || [ ! -f "$held/$images" ]; then return 1; fi
  find_asker || return 1
  verified_count=0 verified_all=0
  : >"$work/verified"
  while IFS= read -r verify_line || [ -n "$verify_line" ]; do
    verify_repository=${verify_line%@*} verify_digest=${verify_line#*@} verify_tag=''
    case $verify_repository in
      *:*)
        verify_tag=${verify_repository#*:} verify_repository=${verify_repository%%:*}
        is_tag "$verify_tag" || damaged_facts "$images has a line that is not an image: $verify_line"
        ;;
    esac
    case $verify_repository in
      '' | [!a-z0-9]* | *[!a-z0-9._/-]*) damaged_facts "$images has a line that is not an image: $verify_line" ;;
    esac
    is_seal "$verify_digest" || damaged_facts "$images has a line that is not an image: $verify_line"
    verified_all=$((verified_all + 1))
    if "$asker" "$verify_repository" "$verify_digest" '' &&
      { [ -z "$verify_tag" ] || "$asker" "$verify_repository" "$verify_digest" "$verify_tag"; }; then
      printf '%s\n' "$verify_line" >>"$work/verified"
      verified_count=$((verified_count + 1))
    else
      [ "$((verified_all - verified_count))" -gt 5 ] || warn "$registry does not answer for $verify_line"
    fi
  done <"$held/$images"
}

is_tag() {
  case $1 in '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9._-]*) return 1 ;; esac
  [ ${#1} -le 128 ]
}

# What the enclosed uploader asked for is compared with what there is to be asked for.
count_verified() {
  verified_count=$(sort -u -- "$work/verified" | wc -l | tr -d ' ')
  verified_all=$verified_count
  if [ -z "$images" ] || [ ! -f "$held/$images" ]; then return 0; fi
  verified_all=$(sort -u -- "$held/$images" | wc -l | tr -d ' ')
}

find_asker() {
  asker=
  if has skopeo; then asker=ask_by_skopeo
  elif has curl; then
    read_curl_facts
    # Registries that hand out tokens answer 401 all the same: skopeo knows how to ask them.
    [ "$(curl_status "$curl_scheme://${registry%%/*}/v2/")" != 200 ] || asker=ask_by_curl
  fi
  [ -n "$asker" ]
}

read_curl_facts() {
  curl_scheme=https curl_auth='' curl_bearer=''
  if [ "$tls_verify" = false ] && [ "$(curl_status "https://${registry%%/*}/v2/")" = 000 ]; then curl_scheme=http; fi
  if [ -n "$authfile" ] && [ -f "$authfile" ]; then
    curl_auth=$(tr -d '\n\t ' <"$authfile" |
      sed -n "s|.*\"${registry%%/*}\":{[^}]*\"auth\":\"\\([A-Za-z0-9+/=]*\\)\".*|\\1|p")
  fi
}

# Where a repository is at the registry. With --max-nested-paths, parts beyond the last are joined to it by hyphens.
path_at_registry() {
  path_at=$1
  case $registry in */*) path_at=${registry#*/}/$1 ;; esac
  [ -z "$max_nested_paths" ] || path_at=$(printf '%s\n' "$path_at" | awk -F/ -v "most=$max_nested_paths" \
    '{ for (i = 1; i <= NF; i++) printf "%s%s", i == 1 ? "" : i <= most ? "/" : "-", $i; print "" }')
}

# ask_by_skopeo <repository> <digest> <tag or nothing>: whether the tag stands for the digest, or the digest is there.
ask_by_skopeo() {
  path_at_registry "$1"
  ask_to=docker://${registry%%/*}/$path_at@$2 ask_digest=$2
  [ -z "$3" ] || ask_to=docker://${registry%%/*}/$path_at:$3
  set -- skopeo inspect --raw
  [ -z "$authfile" ] || set -- "$@" --authfile "$authfile"
  [ "$tls_verify" = true ] || set -- "$@" --tls-verify=false
  (with_environment "$@" "$ask_to") >"$work/manifest" 2>/dev/null </dev/null &&
    [ "sha256:$(sha256_of "$work/manifest")" = "$ask_digest" ]
}

ask_by_curl() {
  path_at_registry "$1"
  ask_to=$curl_scheme://${registry%%/*}/v2/$path_at/manifests/${3:-$2}
  [ "$(curl_status "$ask_to" "$work/answer")" = 200 ] || return 1
  [ -n "$3" ] || return 0
  ask_found=$(tr 'A-Z\r' 'a-z ' <"$work/answer" | sed -n 's/^docker-content-digest: *\([a-z0-9:]*\) *$/\1/p' | sed -n '$p')
  if [ -z "$ask_found" ]; then
    [ "$(curl_get "$ask_to" "$work/answer" "$work/manifest")" = 200 ] || return 1
    ask_found=sha256:$(sha256_of "$work/manifest")
  fi
  [ "$ask_found" = "$2" ]
}

# curl_status <url> [<file for the headers>]: the answer to HEAD.
curl_status() {
  curl_config "$1" | (with_environment curl --config - --head --silent --dump-header "${2:-/dev/null}" --output /dev/null \
    --write-out '%{http_code}' --max-time 60)
}

# curl_get <url> <file for the headers> [<file for the body>]: the answer to GET.
curl_get() {
  curl_config "$1" | (with_environment curl --config - --silent --dump-header "$2" --output "${3:-/dev/null}" \
    --max-filesize 1048576 --write-out '%{http_code}' --max-time 60)
}

# Credentials go by standard input: arguments can be seen by everybody.
curl_config() {
  for curl_type in oci.image.index.v1 oci.image.manifest.v1 docker.distribution.manifest.list.v2 docker.distribution.manifest.v2; do
    printf 'header = "Accept: application/vnd.%s+json"\n' "$curl_type"
  done
  if [ -n "$curl_bearer" ]; then printf 'header = "Authorization: Bearer %s"\n' "$curl_bearer"
  elif [ -n "$curl_auth" ]; then printf 'header = "Authorization: Basic %s"\n' "$curl_auth"; fi
  [ "$tls_verify" = true ] || printf 'insecure\n'
  printf 'url = "%s"\n' "$1"
}

# Which site this is: as given or in its settings, else whom the bundle was made for, when that is one.
name_of_site() {
  [ -n "$site_name" ] || site_name=$settings_site
  [ -n "$site_name" ] || case $sites in *,*) ;; *) site_name=$sites ;; esac
  case $site_name in '' | -* | *[!a-z0-9-]*) return 1 ;; esac
  [ ${#site_name} -le 32 ]
}

write_receipt() {
  [ "$receipt" = yes ] || return 0
  if ! name_of_site; then
    say "No receipt: the name of this site is not known. Add --site=<code name>."
    return 0
  fi
  if [ -s "$work/verified" ]; then
    count_verified
  elif ! verify_images; then
    say "No receipt: this machine has no program that can check the images in $registry. Install skopeo or curl."
    return 0
  fi
  if [ "$verified_count" -ne "$verified_all" ]; then
    warn "$registry has $verified_count of $(count "$verified_all" image) of $head: no receipt. Run the same command again with --again; if images are still missing, tell the sender"
    return 0
  fi
  case $bundle in T[0-9][0-9][0-9][0-9]*) receipt_bundle=$bundle ;; *) receipt_bundle=- ;; esac
  receipt_held=registry
  [ "$engine" = enclosed ] || receipt_held=both
  receipt_file=$site/receipts/$head.$(printf '%s' "${seal#sha256:}" | cut -c 1-12).receipt
  receipt_count=$(sort -u -- "$work/verified" | wc -l | tr -d ' ')
  mkdir -p -- "$site/receipts"
  {
    receipt_text "$site_name" "$number" "$seal" "$receipt_bundle" "$(receipt_verified "$work/verified")" \
      "$receipt_count" "$receipt_held" "$(now)" "seq-upload.sh $version" >"$receipt_file.new" &&
      mv -f -- "$receipt_file.new" "$receipt_file"
  } ||
    stop 7 "$receipt_file could not be written" "the disk may be full" "free some space, then run the same command again with --again"
  rm -f -- "$receipt_file.sig"
  # The site's own key, where it has one: the sender knows its other half.
  if [ -f "$site/receipt_key" ] && has ssh-keygen; then
    ssh-keygen -Y sign -q -f "$site/receipt_key" -n seqmirror-receipt "$receipt_file" </dev/null >/dev/null 2>&1 ||
      warn "the receipt could not be signed with $site/receipt_key: use a key without a passphrase"
  fi
  say "Receipt: $(count "$receipt_count" image) verified in the registry."
  say "  send back  $receipt_file$([ ! -f "$receipt_file.sig" ] || printf ' and its .sig')"
  say "  or, by phone or on paper, this code:  $(sed -n 's/^code=//p' "$receipt_file")"
}
