
# --- the script that stays on this side ------------------------------------------------------------------------------

# Puts this script and the uploader into the site folder, so that from now on nothing that a medium brings is run.
install() {
  { [ "$layout" = bundle ] && [ "$volume" != all ]; } || stop 2 "this folder is not a bundle" \
    "install needs SHA256SUMS of a bundle to check the script and the uploader" "run install on the medium of a bundle"
  check_age
  check_signature
  list_archives
  install_names=
  for install_name in seq-upload.sh seqmirror-upload.js; do
    install_sum=$(sum_of "$sums" "$install_name")
    [ -n "$install_sum" ] || continue
    is_plain "$install_name" || stop 3 "$install_name is missing, or is not a plain file" "SHA256SUMS lists it" "copy the medium again"
    { cp -- "$folder/$install_name" "$private/$install_name" && [ "$(sha256_of "$private/$install_name")" = "$install_sum" ]; } ||
      stop 3 "damaged: $install_name" "its hash differs from SHA256SUMS" "do not run this program; ask the sender for another medium"
    install_names="$install_names $install_name"
  done
  case $install_names in *' seq-upload.sh'*) ;; *) stop 3 "SHA256SUMS does not list seq-upload.sh" \
    "without a hash, the script cannot be checked" "ask the sender for another medium" ;; esac
  for install_name in $install_names; do
    [ "$installed" = yes ] || is_installed "$install_name" || may_not_replace "$install_name"
  done
  if [ "$dry_run" = yes ]; then
    show_hashes "Would install in $site:"
    say "Dry run complete: nothing was changed."
    return 0
  fi
  enter_site
  for install_name in $install_names; do
    install_to=$site/$install_name
    [ ! -d "$install_to" ] || stop 7 "$install_to is a folder" "install writes a program with this name" "delete the folder, then run the same command again"
    # Renamed over what is there, link or not, once it is whole.
    { rm -f -- "$install_to.new" && cp -- "$private/$install_name" "$install_to.new" && chmod 700 "$install_to.new" &&
      mv -f -- "$install_to.new" "$install_to"; } ||
      stop 7 "$install_to could not be written" "the disk may be full" "free some space, then run the same command again"
  done
  [ "$statement_verified" = no ] || remember_newest
  show_hashes "Installed in $site:"
  say "Compare both hashes with those that the sender gives you by phone or on paper, and"
  say "with those that the release of seqmirror publishes. If one differs, remove the files, and do not use the medium."
  say "From now on, run the installed script for every medium:"
  say "  $site/seq-upload.sh --medium=<folder> <registry>"
}

is_installed() {
  { [ ! -e "$site/$1" ] && [ ! -L "$site/$1" ]; } ||
    { [ -f "$site/$1" ] && [ ! -L "$site/$1" ] && [ "$(sha256_of "$site/$1")" = "$(sha256_of "$private/$1")" ]; }
}

may_not_replace() {
  stop 4 "another $1 is installed in $site" "a script on a medium may not replace the installed script" \
    "update with the installed script: $site/seq-upload.sh install --medium=$folder"
}

show_hashes() {
  say "$1"
  for install_name in $install_names; do say "  $(sha256_of "$private/$install_name")  $install_name"; done
}
