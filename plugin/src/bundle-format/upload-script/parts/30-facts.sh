
# --- what this folder carries ----------------------------------------------------------------------------------------

script_folder() {
  case $0 in
    */*) script_in=${0%/*} ;;
    *) script_in=. ;;
  esac
  case $script_in in /*) ;; *) script_in=./$script_in ;; esac
  cd "$script_in/" && pwd -P && printf x
}

folder=$(script_folder) ||
  stop 1 "the folder of this script cannot be entered" "it was started as $0" "cd into it, then ./seq-upload.sh"
folder=${folder%"$newline"x}

forget_facts() {
  layout='' format='' mirror='' bundle='' kind='' sites='' number='' head='' seal='' previous=''
  description='' made='' config='' pinned='' images='' archives='' volume=1 volumes=1 needs='' holds='' splits='' dependencies=''
}

damaged_facts() {
  stop 3 "$1" "this script reads records as seqmirror writes them; others it does not guess at" \
    "copy the medium again, or ask its sender for another"
}

read_facts() {
  forget_facts
  if [ -f "$folder/bundle.env" ]; then
    layout=bundle
    facts_file=bundle.env
    read_bundle_env
  elif [ -f "$folder/seq-metadata.yaml" ]; then
    layout=sequence
    facts_file=seq-metadata.yaml
    read_sequence_metadata
  else
    stop 3 "there is neither bundle.env nor seq-metadata.yaml beside this script" \
      "one of them says what the archives in $folder are" "copy the whole folder, then run the script inside the copy"
  fi
  is_sequence "$seal" "$number" "$head" ||
    damaged_facts "$facts_file does not say which sequence this is (number, folder, seal)"
  is_name "$config" || damaged_facts "$facts_file names no imageset configuration that lies beside this script"
  [ -z "$pinned" ] || is_name "$pinned" || damaged_facts "$facts_file names a pinned configuration elsewhere"
  [ -z "$images" ] || is_name "$images" || damaged_facts "$facts_file names a list of images elsewhere"
  [ "$archives" = . ] || is_name "$archives" || damaged_facts "$facts_file names a folder of archives elsewhere"
  { is_number "$volumes" && [ "$volumes" -ge 1 ] && [ "$volumes" -le 9999 ]; } || damaged_facts "$facts_file: volumes=$volumes"
  [ "$volume" = all ] || { is_number "$volume" && [ "$volume" -ge 1 ] && [ "$volume" -le "$volumes" ]; } ||
    damaged_facts "$facts_file: volume=$volume of $volumes"
  sums=$folder/SHA256SUMS
  [ -f "$sums" ] || stop 3 "SHA256SUMS is missing" "without it nobody can tell whether the archives arrived whole" \
    "copy the whole folder again, or ask its sender for another"
}

read_bundle_env() {
  config=imageset-config.yaml archives=archives
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$(printf '\r')"}
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
      archives=*) archives=$value ;;
      volume=*) volume=$value ;;
      volumes=*) volumes=$value ;;
      needs=*) needs=$needs$value$newline ;;
      holds=*) holds=$holds$value$newline ;;
      split=*) splits=$splits$value$newline ;;
      *=*) ;;
      *) damaged_facts "bundle.env has a line without a key: $line" ;;
    esac
  done <"$folder/bundle.env"
  [ "$format" = seqmirror-bundle/1 ] ||
    stop 3 "bundle.env is of the format ${format:-(none)}" "this script reads seqmirror-bundle/1" \
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
  [ -f "$folder/imageset-config.pinned.yaml" ] && pinned=imageset-config.pinned.yaml
  dependencies=$(awk '
    /^air_gapped_transfer:/ { inside = 1; next }
    /^[^ #]/ { inside = 0 }
    inside && /^  [a-z_]+:/ { list = ($1 == "dependencies:") }
    inside && list && /^ *- seq[0-9]+$/ { sub(/^ *- seq/, ""); print }
  ' "$folder/seq-metadata.yaml")
  is_seal "$seal" || stop 3 "this seq-metadata.yaml has no seal" \
    "it was written by the original script, which did not prove what it mirrored" \
    "on the connected side: nx g seqmirror:adopt, then carry the sequence again"
  read_sequence_env
  # The folder may have been renamed on its way; what people see is its number then.
  case $head in seq"$number"-*) is_name "$head" || head=seq$number-renamed ;; *) head=seq$number-renamed ;; esac
}

# seq-upload.env: what records of a sequence do not say. One key=value a line; copies made by hand may lack it.
read_sequence_env() {
  [ -f "$folder/seq-upload.env" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$(printf '\r')"}
    value=${line#*=}
    case $line in
      format=*) format=$value ;;
      mirror=*) mirror=$value ;;
      seal=*) [ "$value" = "$seal" ] || damaged_facts "seq-upload.env is of another sequence than seq-metadata.yaml" ;;
      images=*) images=$value ;;
    esac
  done <"$folder/seq-upload.env"
  [ "$format" = seqmirror-sequence/1 ] ||
    stop 3 "seq-upload.env is of the format ${format:-(none)}" "this script reads seqmirror-sequence/1" \
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
  ' "$folder/seq-metadata.yaml"
}
