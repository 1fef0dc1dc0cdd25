
# --- what uploads, and what it needs ---------------------------------------------------------------------------------

choose_engine() {
  if [ -n "$oc_mirror" ]; then
    { [ -f "$oc_mirror" ] && [ -x "$oc_mirror" ]; } || stop 6 "$oc_mirror is not a program" \
      "--oc-mirror or SEQMIRROR_OC_MIRROR names this file" "name the right path, or leave it out to use oc-mirror in PATH"
    oc_mirror_in=$(cd "${oc_mirror%/*}/" && pwd -P)
    case $oc_mirror_in/ in "${folder%/}"/*) stop 4 "$oc_mirror is on the medium" \
      "a person who can change the medium could change this program" "install oc-mirror on this machine, into /usr/local/bin" ;; esac
  elif has oc-mirror; then
    oc_mirror=$(command -v oc-mirror)
  fi
  uploader=$folder/seqmirror-upload.js
  [ "$installed" = no ] || uploader=$here/seqmirror-upload.js
  node_found=$(node -p 'process.versions.node' 2>/dev/null)
  case $engine in
    oc-mirror) [ -n "$oc_mirror" ] || lacks_engine "oc-mirror is not installed" ;;
    enclosed) can_use_enclosed || lacks_engine "the enclosed uploader cannot run: $enclosed_lacks" ;;
    auto)
      if [ -n "$oc_mirror" ]; then engine=oc-mirror
      elif can_use_enclosed; then engine=enclosed
      else lacks_engine "nothing here can upload: oc-mirror is not installed, and $enclosed_lacks"; fi
      ;;
  esac
}

can_use_enclosed() {
  enclosed_lacks=
  if [ ! -f "$uploader" ]; then enclosed_lacks="seqmirror-upload.js is not beside this script (bundles contain it)"
  elif [ -L "$uploader" ]; then enclosed_lacks="$uploader is a symbolic link"
  elif ! is_number "${node_found%%.*}"; then enclosed_lacks="Node is not installed for the enclosed uploader"
  elif ! node_is_enough; then enclosed_lacks="Node is version $node_found; the enclosed uploader needs 20.3 or later"
  fi
  [ -z "$enclosed_lacks" ]
}

# AbortSignal.any came with 20.3.
node_is_enough() {
  case $node_found in 20.[012].*) return 1 ;; esac
  [ "${node_found%%.*}" -ge 20 ]
}

lacks_engine() {
  stop 6 "$1" "the upload needs oc-mirror, or Node with seqmirror-upload.js" \
    "install oc-mirror 4.18 or later: unpack oc-mirror.tar.gz of the OpenShift clients into /usr/local/bin; or name the program: --oc-mirror=<program>" \
    "install Node 20.3 or later (on RHEL: dnf module install nodejs:20), and upload from a bundle, which contains seqmirror-upload.js"
}

# Free bytes where a folder is, or will be.
free_bytes() {
  free_in=$1
  while [ ! -d "$free_in" ]; do free_in=${free_in%/*}; [ -n "$free_in" ] || free_in=/; done
  df -Pk -- "$free_in" 2>/dev/null | awk 'NR == 2 {
    for (i = NF; i > 1; i--) if ($i ~ /^[0-9]+%$/) { printf "%.0f", $(i - 1) * 1024; exit }
  }'
}

# oc-mirror unpacks the archives into its cache. What a run that was cut off has unpacked is not needed twice.
check_space() {
  [ "$engine" = oc-mirror ] || return 0
  space_needed=$((archive_bytes + 64 * 1048576))
  space_free=$(free_bytes "$cache")
  if ! is_number "$space_free" || [ "$space_free" -ge "$space_needed" ]; then
    say "  space      $(size "$space_needed") needed in $cache"
    return 0
  fi
  if [ "$(cat -- "$cache/seqmirror-started" 2>/dev/null)" = "$seal" ] || knows "$imported" "$seal"; then
    warn "only $(size "$space_free") are free in $cache; the cache already has a part of the content, so this may be enough"
    return 0
  fi
  stop 7 "$cache needs $(size "$space_needed"), and $(size "$space_free") are free" \
    "oc-mirror unpacks the archives into its cache before the upload; the upload was not started" \
    "free $(size $((space_needed - space_free))) on this disk" \
    "move the cache to a larger disk, and always add --cache-dir=<folder>" \
    "use seqmirror-upload.js, which needs no disk space: --engine=enclosed"
}

# A port that nobody listens on. Below those which systems give to outgoing connections.
choose_port() {
  port_tries=0
  while [ "$port_tries" -lt 100 ]; do
    port_tries=$((port_tries + 1))
    port_random=$(od -An -N2 -tu2 /dev/urandom 2>/dev/null | tr -cd 0-9)
    port=$((20000 + (${port_random:-$$} + port_tries * 7) % 12000))
    port_hex=$(printf '%04X' "$port")
    grep -q -i -e ":$port_hex [0-9A-F]*:0000 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null || return 0
  done
}

# Runs a program with what it needs of this environment and nothing else: the registry inside oc-mirror takes every
# REGISTRY_* variable for a setting of its own, and panics of REGISTRY_AUTH_FILE. Values stay out of every argument list,
# where others could read them: proxies have passwords.
with_environment() {
  environment_host=${registry%%/*}
  case $environment_host in *:*[!0-9]*) ;; *:*) environment_host=${environment_host%:*} ;; esac
  environment_near=localhost,127.0.0.1,${NO_PROXY:-${no_proxy:-}}
  [ "$black_hole" = no ] || environment_near=localhost,127.0.0.1,$environment_host
  environment_temporary=${work:-$private}/tmp environment_address=127.0.0.1:${port:-0} environment_home=${HOME:-$site}
  environment_dark=$black_hole
  # Names have no spaces.
  # shellcheck disable=SC2013
  for environment_name in $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/) print name }' </dev/null); do
    case $environment_name in
      PATH | HOME | XDG_RUNTIME_DIR | XDG_CONFIG_HOME | DOCKER_CONFIG | SSL_CERT_FILE | SSL_CERT_DIR) ;;
      NODE_EXTRA_CA_CERTS | OCP_SIGNATURE_VERIFICATION_PK | environment_*) ;;
      HTTP_PROXY | HTTPS_PROXY | http_proxy | https_proxy | CONTAINERS_REGISTRIES_CONF) ;;
      # What a shell does not let go of.
      SHELLOPTS | BASHOPTS | BASH_* | UID | EUID | PPID) ;;
      *) unset "$environment_name" ;;
    esac
  done
  if [ "$environment_dark" = yes ]; then
    HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1
    CONTAINERS_REGISTRIES_CONF=/dev/null
    export HTTP_PROXY HTTPS_PROXY http_proxy https_proxy CONTAINERS_REGISTRIES_CONF
  fi
  HOME=$environment_home TMPDIR=$environment_temporary NO_PROXY=$environment_near no_proxy=$environment_near
  REGISTRY_HTTP_ADDR=$environment_address
  export HOME TMPDIR NO_PROXY no_proxy REGISTRY_HTTP_ADDR
  exec "$@"
}
