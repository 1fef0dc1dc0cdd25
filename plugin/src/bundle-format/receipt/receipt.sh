# Receipts, for POSIX shells: functions that seq-upload.sh takes in. Formats: receipt.ts and receipt-code.ts beside this
# file. Needs sha256sum and cut; no arithmetic beyond 16 bits, no arrays, no locale.

# receipt_code <site> <seal> <bundle or -> <verified> <held_in>: the code of 12 characters.
receipt_code() {
  code_alphabet=0123456789ABCDEFGHJKMNPQRSTVWXYZ
  code_hex=$(printf '%s\n' seqmirror-receipt/1 "$1" "$2" "$3" "$4" "$5" | sha256sum | cut -c 1-14)
  code_bits=0 code_width=0 code_check=0 code_count=0 code_text=
  while [ "$code_count" -lt 11 ]; do
    while [ "$code_width" -lt 5 ]; do
      code_rest=${code_hex#?}
      code_bits=$((code_bits * 16 + 0x${code_hex%"$code_rest"}))
      code_width=$((code_width + 4))
      code_hex=$code_rest
    done
    code_width=$((code_width - 5))
    code_value=$((code_bits >> code_width))
    code_bits=$((code_bits & ((1 << code_width) - 1)))
    code_check=$(((code_check ^ code_value) << 1))
    [ "$code_check" -le 31 ] || code_check=$((code_check ^ 37))
    receipt_code_add "$code_value"
  done
  receipt_code_add "$code_check"
  printf '%s\n' "$code_text"
}

# One more character of the code; a dash stands before every fifth and ninth.
receipt_code_add() {
  code_from=$code_alphabet code_skip=$1
  while [ "$code_skip" -gt 0 ]; do code_from=${code_from#?} code_skip=$((code_skip - 1)); done
  case $code_count in 4 | 8) code_text=$code_text- ;; esac
  code_text=$code_text${code_from%"${code_from#?}"}
  code_count=$((code_count + 1))
}

# receipt_text <site> <number> <seal> <bundle or -> <verified> <images> <held_in> <when> <tool>: the receipt's lines.
receipt_text() {
  printf '%s\n' schema=seqmirror-receipt/1 "site=$1" "sequence=$2" "seal=$3" "bundle=$4" "verified=$5" "images=$6" \
    "held_in=$7" "when=$8" "tool=$9" "code=$(receipt_code "$1" "$3" "$4" "$5" "$7")"
}

# receipt_verified <file of lines repository@digest>: the hash over what was verified.
receipt_verified() {
  printf 'sha256:%s\n' "$(LC_ALL=C sort -u -- "$1" | sha256sum | cut -c 1-64)"
}
