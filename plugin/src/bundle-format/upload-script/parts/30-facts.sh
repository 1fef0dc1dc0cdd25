
# --- what this folder carries ----------------------------------------------------------------------------------------

script_folder() {
  case $0 in
    */*) script_in=${0%/*} ;;
    *) script_in=. ;;
  esac
  case $script_in in /*) ;; *) script_in=./$script_in ;; esac
  cd "$script_in/" && pwd -P && printf x
}

here=$(script_folder) ||
  stop 1 "the folder of this script cannot be entered" "the script was started as $0" "change into the folder of the script, then run ./seq-upload.sh"
here=${here%"$newline"x}
folder=$here
if [ -n "$medium" ]; then
  folder=$(cd "$medium/" 2>/dev/null && pwd -P && printf x) || misused "--medium=$medium is not a folder that can be entered"
  folder=${folder%"$newline"x}
fi

# Installed is a script that lies in a site folder: `install` put it there, and the mirror's name beside it.
installed=no
self=./seq-upload.sh
if [ -f "$here/mirror" ] && [ ! -f "$here/bundle.env" ] && [ ! -f "$here/seq-metadata.yaml" ]; then
  installed=yes
  self="$here/seq-upload.sh --medium=$folder"
  [ -n "$site" ] || [ -n "$new_mirror" ] || site=$here
fi
if [ "$folder" != "$here" ] || [ "$installed" = no ]; then keep_own_path "$folder"; fi

# A folder of this run alone. What is read from the medium to decide by is read there, from copies.
private=
make_private() {
  private_tries=0
  private_in=${TMPDIR:-/tmp}
  case $private_in in /*) ;; *) private_in=/tmp ;; esac
  while :; do
    private=$private_in/seqmirror-$$-$(od -An -N8 -tx1 /dev/urandom 2>/dev/null | tr -cd 0-9a-f)
    ! mkdir -m 700 -- "$private" 2>/dev/null || break
    private_tries=$((private_tries + 1))
    [ "$private_tries" -lt 20 ] || { private=''; stop 7 "no folder can be created in $private_in" \
      "the script checks copies of the records in this folder" "free some space, or set TMPDIR to a writable folder"; }
  done
  held=$private/held
  mkdir -- "$held" || stop 7 "$held cannot be created" "the disk may be full" "free some space, or set TMPDIR to a writable folder"
}

# A regular file, and no link on the way to it from the medium's own folder.
is_plain() {
  plain_rest=$1 plain_at=$folder
  while :; do
    plain_at=$plain_at/${plain_rest%%/*}
    [ ! -L "$plain_at" ] || return 1
    case $plain_rest in */*) plain_rest=${plain_rest#*/} ;; *) break ;; esac
  done
  [ -f "$plain_at" ]
}

is_there() { [ -e "$folder/$1" ] || [ -L "$folder/$1" ]; }

# hold <name> <units of 64 KiB>: a private copy of a record, of this size at most.
hold() {
  is_plain "$1" || damaged_facts "$1 is not a plain file"
  rm -f -- "$held/$1"
  dd if="$folder/$1" of="$held/$1" bs=65536 count=$(($2 + 1)) 2>/dev/null || damaged_facts "$1 cannot be read"
  held_bytes=$(bytes_of "$held/$1")
  [ "${held_bytes:-0}" -le $(($2 * 65536)) ] || damaged_facts "$1 is larger than the limit for this file"
}

hold_if_there() { ! is_there "$1" || hold "$1" "$2"; }

forget_facts() {
  layout='' format='' mirror='' bundle='' kind='' sites='' number='' head='' seal='' previous=''
  description='' made='' config='' pinned='' images='' statement='' links='' archives='' volume=1 volumes=1 needs='' holds='' splits='' dependencies=''
}

damaged_facts() {
  stop 3 "$1" "the script accepts records only in the form in which seqmirror writes them" \
    "copy the medium again, or ask the sender for another medium"
}

read_facts() {
  forget_facts
  rm -rf -- "$held"
  mkdir -- "$held"
  if is_there bundle.env; then
    layout=bundle
    facts_file=bundle.env
    hold bundle.env 64
    read_bundle_env "$held/bundle.env"
  elif is_there seq-metadata.yaml; then
    layout=sequence
    facts_file=seq-metadata.yaml
    hold seq-metadata.yaml 256
    hold_if_there seq-upload.env 1
    read_sequence_metadata
  else
    stop 3 "there is neither bundle.env nor seq-metadata.yaml beside this script" \
      "one of these files must describe the archives in $folder" "copy the whole folder, then run the script inside the copy" \
      "if the medium is in another folder: --medium=<folder>"
  fi
  check_facts
  sums=$held/SHA256SUMS
  is_there SHA256SUMS || stop 3 "SHA256SUMS is missing" "without this file, the script cannot check the archives" \
    "copy the whole folder again, or ask the sender for another medium"
  hold SHA256SUMS 256
  hold_signatures
  hold_if_there "$config" 256
  [ -z "$pinned" ] || hold_if_there "$pinned" 256
  [ -z "$images" ] || hold_if_there "$images" 1024
}

# Each value that becomes a part of a path or of a command is one of a few characters; nothing is made of the others.
check_facts() {
  is_sequence "$seal" "$number" "$head" ||
    damaged_facts "$facts_file does not say which sequence this is (number, folder, seal)"
  is_name "$config" || damaged_facts "the imageset configuration that $facts_file names is not beside this script"
  [ -z "$pinned" ] || is_name "$pinned" || damaged_facts "$facts_file names a pinned configuration elsewhere"
  [ -z "$images" ] || is_name "$images" || damaged_facts "$facts_file names a list of images elsewhere"
  [ "$archives" = . ] || is_name "$archives" || damaged_facts "$facts_file names a folder of archives elsewhere"
  { is_number "$volumes" && [ "$volumes" -ge 1 ] && [ "$volumes" -le 9999 ]; } || damaged_facts "$facts_file: volumes=$volumes"
  [ "$volume" = all ] || { is_number "$volume" && [ "$volume" -ge 1 ] && [ "$volume" -le "$volumes" ]; } ||
    damaged_facts "$facts_file: volume=$volume of $volumes"
  case $statement in '' | bundle-statement.env) ;; *) damaged_facts "$facts_file: statement=$statement" ;; esac
  [ -z "$bundle" ] || is_name "$bundle" || damaged_facts "$facts_file names its bundle $bundle"
  [ -z "$mirror" ] || is_name "$mirror" || damaged_facts "$facts_file names its mirror $mirror"
  is_list "$sites" || damaged_facts "$facts_file: sites=$sites"
  case $kind in baseline | cumulative | individual | site | sequence) ;; *) damaged_facts "$facts_file: kind=$kind" ;; esac
  case $previous in '' | null) ;; *) is_seal "$previous" || damaged_facts "$facts_file: previous: $previous" ;; esac
  while read -r split_name split_hash split_parts split_more; do
    [ -n "$split_name" ] || continue
    { is_archive "$split_name" && is_sha256 "$split_hash" && is_number "$split_parts" && [ -z "$split_more" ] &&
      [ "$split_parts" -ge 1 ] && [ "$split_parts" -le 999 ]; } ||
      damaged_facts "$facts_file: split=$split_name $split_hash $split_parts"
  done <<END
$splits
END
}

read_bundle_env() {
  config=imageset-config.yaml archives=archives
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$return_mark"}
    value=${line#*=}
    case $line in
      '' | '#'*) ;;
      format=*) format=$value ;;
      mirror=*) mirror=$value ;;
      bundle=*) bundle=$value ;;
      kind=*) kind=$value ;;
      sites=*) sites=$value ;;
      number=*) number=$value ;;
      folder=*) head=$value ;;
      seal=*) seal=$value ;;
      description=*) description=$value ;;
      made=*) made=$value ;;
      config=*) config=$value ;;
      pinned=*) pinned=$value ;;
      images=*) images=$value ;;
      statement=*) statement=$value ;;
      links=*) links=$value ;;
      archives=*) archives=$value ;;
      volume=*) volume=$value ;;
      volumes=*) volumes=$value ;;
      needs=*) needs=$needs$value$newline ;;
      holds=*) holds=$holds$value$newline ;;
      split=*) splits=$splits$value$newline ;;
      *=*) ;;
      *) damaged_facts "bundle.env has a line without a key: $line" ;;
    esac
  done <"$1"
  [ "$format" = seqmirror-bundle/1 ] ||
    stop 3 "bundle.env has the format ${format:-(none)}" "this script reads only seqmirror-bundle/1" \
      "use the seq-upload.sh of the same bundle"
  is_name "$mirror" || damaged_facts "bundle.env does not name its mirror"
  [ "$volumes" = 1 ] || is_name "$bundle" || damaged_facts "bundle.env does not name its bundle"
}

# seq-metadata.yaml as seqmirror writes it: top-level keys, plain values, or a literal block for odd ones.
read_sequence_metadata() {
  config=imageset-config.yaml archives=. kind=sequence
  head=${folder##*/}
  number=$(metadata_value sequence_number)
  seal=$(metadata_value seal)
  previous=$(metadata_value previous)
  description=$(metadata_value description)
  made=$(metadata_value timestamp)
  [ -z "$(metadata_value links_since)" ] || links=added
  is_there imageset-config.pinned.yaml && pinned=imageset-config.pinned.yaml
  dependencies=$(awk '
    /^air_gapped_transfer:/ { inside = 1; next }
    /^[^ #]/ { inside = 0 }
    inside && /^  [a-z_]+:/ { list = ($1 == "dependencies:") }
    inside && list && /^ *- seq[0-9]+$/ { sub(/^ *- seq/, ""); print }
  ' "$held/seq-metadata.yaml")
  is_seal "$seal" || stop 3 "this seq-metadata.yaml has no seal" \
    "the original sequential script wrote this file, without a seal" \
    "ask the sender to run nx g seqmirror:adopt, and to send the sequence again"
  read_sequence_env
  # The folder may have been renamed on its way; what people see is its number then.
  case $head in seq"$number"-*) is_name "$head" || head=seq$number-renamed ;; *) head=seq$number-renamed ;; esac
}

# seq-upload.env: what records of a sequence do not say. One key=value a line; copies made by hand may lack it.
read_sequence_env() {
  [ -f "$held/seq-upload.env" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$return_mark"}
    value=${line#*=}
    case $line in
      format=*) format=$value ;;
      mirror=*) mirror=$value ;;
      seal=*) [ "$value" = "$seal" ] || damaged_facts "seq-upload.env and seq-metadata.yaml belong to different sequences" ;;
      images=*) images=$value ;;
    esac
  done <"$held/seq-upload.env"
  [ "$format" = seqmirror-sequence/1 ] ||
    stop 3 "seq-upload.env has the format ${format:-(none)}" "this script reads only seqmirror-sequence/1" \
      "use the seq-upload.sh of the same folder"
  is_name "$mirror" || damaged_facts "seq-upload.env does not name its mirror"
}

metadata_value() {
  awk -v key="$1:" '
    found { sub(/^ +/, ""); print; exit }
    $1 == key && /^[a-z]/ {
      sub(/^[a-z_]+: */, "")
      if ($0 == "|-" || $0 == "|") { found = 1; next }
      sub(/ +#.*$/, "")
      print
      exit
    }
  ' "$held/seq-metadata.yaml"
}
