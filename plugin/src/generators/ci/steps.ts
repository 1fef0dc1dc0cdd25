/**
 * The shell scripts of the jobs. They are the same for every mirror: whatever differs, and whatever a person types into a
 * form, comes in an environment variable. So no text from outside is ever read as shell. They need only a POSIX shell.
 */

/** Whether the chain has a seal. Without one, there is nothing to check or to compare. */
const hasSeal = `[ -f "$MIRROR_FOLDER/content/chain.lock" ]`;

/** MIRROR_FOLDER. The check needs no archive, credential or data directory. */
export const checkRecords = `
if ${hasSeal}; then
  npx --no-install seqmirror validate --mirror="$MIRROR_FOLDER" --depth=quick
else
  echo "No sequence of this mirror is sealed yet, so there are no records to check."
fi
`;

/** MIRROR_FOLDER, OUTPUT_FOLDER. Writes comment.md. */
export const planAndDiff = `
mkdir -p "$OUTPUT_FOLDER"
comment="$OUTPUT_FOLDER/comment.md"
set -- "$MIRROR_FOLDER"/content/seq*/
if [ -d "$1" ]; then
  npx --no-install seqmirror plan --mirror="$MIRROR_FOLDER" --format=markdown --quiet > "$comment"
else
  echo "This mirror has no sequence yet." > "$comment"
fi
if ${hasSeal}; then
  echo >> "$comment"
  npx --no-install seqmirror diff --mirror="$MIRROR_FOLDER" --format=markdown --quiet >> "$comment"
fi
`;

/** RECORDS_BRANCH, DEFAULT_BRANCH. Two runs must not seal the same number. */
export const stopIfRecordsWait = `
waiting=$(git ls-remote origin "refs/heads/$RECORDS_BRANCH")
if [ -n "$waiting" ]; then
  echo "The branch $RECORDS_BRANCH contains the records of an earlier run." >&2
  echo "Merge this branch into $DEFAULT_BRANCH and delete it. Then run this job again." >&2
  exit 1
fi
`;

/** MIRROR_TASK. */
export const mirror = `
npx --no-install nx run "$MIRROR_TASK"
`;

/** MIRROR_FOLDER, OUTPUT_FOLDER; SITE and MEDIA, which may be empty. */
export const bundle = `
mkdir -p "$OUTPUT_FOLDER"
set -- --mirror="$MIRROR_FOLDER" --format=tar --output="$PWD/$OUTPUT_FOLDER/bundle.tar"
if [ -n "$SITE" ]; then set -- "$@" --site="$SITE"; fi
if [ -n "$MEDIA" ]; then set -- "$@" --media="$MEDIA"; fi
npx --no-install seqmirror bundle "$@"
`;

/** MIRROR_FOLDER, SITE; CODE or RECEIPT, of which one is empty. */
export const acknowledge = `
case "$SITE" in
  '' | -*)
    echo "Enter the code name of a site." >&2
    exit 1
    ;;
esac
set -- "$SITE" --mirror="$MIRROR_FOLDER"
if [ -n "$CODE" ]; then set -- "$@" --code="$CODE"; fi
if [ -n "$RECEIPT" ]; then set -- "$@" --receipt="$RECEIPT"; fi
npx --no-install seqmirror acknowledge "$@"
`;

/** How a CI system opens a pull request for a branch that a script pushes. */
interface BranchPush {
  /** Options of `git push`, each with a space before it. */
  readonly pushOptions?: string;
  /** The command after the push. */
  readonly then: string;
}

const stageRecords = `
for folder in content sites; do
  if [ -d "$MIRROR_FOLDER/$folder" ]; then git add -- "$MIRROR_FOLDER/$folder"; fi
done`;

/**
 * MIRROR_FOLDER, DEFAULT_BRANCH, RECORDS_BRANCH, COMMIT_MESSAGE. If the default branch is protected, or somebody else has
 * changed the same records, the records go to a branch of their own, so that they are never lost with the work tree.
 *
 * Beside the commits of others, the records are checked again: somebody may have changed the intent meanwhile.
 */
export function pushRecords({ pushOptions = '', then }: BranchPush): string {
  return `${stageRecords}
if git diff --cached --quiet; then
  echo "There are no new records."
else
  git commit --quiet --no-verify --message="$COMMIT_MESSAGE"
  if git push origin "HEAD:refs/heads/$DEFAULT_BRANCH"; then
    echo "The records are in $DEFAULT_BRANCH."
  elif git fetch --quiet origin "refs/heads/$DEFAULT_BRANCH" &&
    git rebase --quiet --autostash FETCH_HEAD &&
    env -u PUSH_TOKEN npx --no-install seqmirror validate --mirror="$MIRROR_FOLDER" --depth=quick &&
    git push origin "HEAD:refs/heads/$DEFAULT_BRANCH"; then
    echo "The records are in $DEFAULT_BRANCH, after the commits of others."
  else
    git rebase --abort 2> /dev/null || true
    git push${pushOptions} origin "HEAD:refs/heads/$RECORDS_BRANCH"
    echo "The records are in the branch $RECORDS_BRANCH. Merge this branch into $DEFAULT_BRANCH and delete it."
    ${then}
  fi
fi
`;
}

/** MIRROR_FOLDER, ACKNOWLEDGE_BRANCH, COMMIT_MESSAGE. */
export function pushLedger({ pushOptions = '', then }: BranchPush): string {
  return `${stageRecords}
if git diff --cached --quiet; then
  echo "The ledger already contains this receipt."
else
  git commit --quiet --no-verify --message="$COMMIT_MESSAGE"
  git push${pushOptions} origin "HEAD:refs/heads/$ACKNOWLEDGE_BRANCH"
  ${then}
fi
`;
}
