/**
 * Two workflows of GitHub Actions. The one for pull requests never uses the runner that has the data directory, so that a
 * runner group can be limited to the other one. Inputs, names and secrets reach shells as environment variables only.
 */
import type { Pipeline, PipelineFile } from './pipeline';
import { block, changedFiles, environmentOfNx, heading, quoted, recordsBranch, variables } from './pipeline';
import * as steps from './steps';

/** Commits of the actions' repositories, with the tags that name them. */
const actions = {
  checkout: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
  setupNode: 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0',
  upload: 'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0',
  download: 'actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1',
} as const;

export function githubFiles(pipeline: Pipeline): PipelineFile[] {
  const folder = `.github/workflows/seqmirror-${pipeline.mirror}`;
  return [
    { path: `${folder}-check.yml`, text: checkWorkflow(pipeline) },
    { path: `${folder}.yml`, text: mirrorWorkflow(pipeline) },
  ];
}

const bash = `defaults:
  run:
    shell: bash`;

function checkWorkflow(pipeline: Pipeline): string {
  const { mirror } = pipeline;
  return `${heading(pipeline, 'github')}
name: ${quoted(`seqmirror ${mirror}: check`)}

on:
  pull_request:
    paths: [${quoted(changedFiles(pipeline, '**'))}]

permissions:
  contents: read

concurrency:
  group: ${quoted(`seqmirror-${mirror}-check-\${{ github.ref }}`)}
  cancel-in-progress: true

env:
${variables({ MIRROR_FOLDER: pipeline.folder, ...environmentOfNx }, 2)}

${bash}

jobs:
  validate:
    name: Check the records
    runs-on: ubuntu-latest
    steps:
${workspaceSteps(pipeline)}
      - name: Check the records of the whole chain
        run: ${block(steps.checkRecords, 10)}

  # Not for forks: the job connects to the registries that the pull request names, with the pull secret.
  plan:
    name: Plan the next sequence
    if: github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-latest
    env:
      OUTPUT_FOLDER: 'seqmirror-output'
    steps:
${workspaceSteps(pipeline)}
      - name: Write the pull secret into a file
        env:
          PULL_SECRET: \${{ secrets.SEQMIRROR_PULL_SECRET }}
        run: ${block(writePullSecret, 10)}
      - name: Plan the next sequence, and show what the last one changed
        run: ${block(steps.planAndDiff, 10)}
      - uses: ${actions.upload}
        with:
          name: ${quoted(`seqmirror-${mirror}-plan`)}
          path: seqmirror-output/comment.md
          if-no-files-found: error

  # Only this job may write comments, and it runs no code of the repository.
  comment:
    name: Write the comment
    needs: plan
    runs-on: ubuntu-latest
    permissions:
      pull-requests: write
    steps:
      - uses: ${actions.download}
        with:
          name: ${quoted(`seqmirror-${mirror}-plan`)}
      - name: Write or replace the comment
        env:
          GH_TOKEN: \${{ github.token }}
          PULL_REQUEST: \${{ github.event.pull_request.number }}
          MARKER: ${quoted(`<!-- seqmirror plan of ${mirror} -->`)}
        run: ${block(writeComment, 10)}
`;
}

function mirrorWorkflow(pipeline: Pipeline): string {
  const { mirror, branch, schedule } = pipeline;
  return `${heading(pipeline, 'github')}
name: ${quoted(`seqmirror ${mirror}`)}

on:
  push:
    branches: [${quoted(branch)}]
    paths: [${quoted(changedFiles(pipeline, '**'))}]
${schedule === undefined ? '' : `  schedule:\n    - cron: ${quoted(schedule)}\n`}  workflow_dispatch:
    inputs:
      task:
        description: What to do
        type: choice
        options: [mirror, bundle, acknowledge]
        required: true
      site:
        description: 'bundle, acknowledge: the code name of the site'
        type: string
      media:
        description: 'bundle: the medium, for example bd25. Empty: as in site.yaml'
        type: string
      code:
        description: 'acknowledge: the receipt code of 12 characters'
        type: string
      receipt:
        description: 'acknowledge: the path of a receipt file in the repository, instead of a code'
        type: string

permissions:
  contents: read

env:
${variables({ MIRROR_FOLDER: pipeline.folder, DEFAULT_BRANCH: branch, RECORDS_BRANCH: recordsBranch(pipeline), ...environmentOfNx }, 2)}

${bash}

jobs:
  mirror:
    name: Mirror the planned sequences
    if: github.event_name != 'workflow_dispatch' || inputs.task == 'mirror'
${ownRunner(pipeline)}
    steps:
${workspaceWithoutWaitingRecords(pipeline)}
      - name: Mirror
        id: mirror
        env:
          MIRROR_TASK: ${quoted(pipeline.task)}
        run: ${block(steps.mirror, 10)}
      # Also after an error: earlier sequences of the same run can be sealed.
      - name: Commit the records
        id: records
        if: always() && steps.mirror.outcome != 'skipped'
        env:
${credentials}
${committer}
          COMMIT_MESSAGE: ${quoted(`Mirror ${mirror}`)}
        run: ${block(steps.pushRecords({ then: tellBranch('RECORDS_BRANCH') }), 10)}

  bundle:
    name: Write a bundle
    if: inputs.task == 'bundle'
${ownRunner(pipeline)}
    steps:
${workspaceWithoutWaitingRecords(pipeline)}
      - name: Write the bundle
        env:
          OUTPUT_FOLDER: 'seqmirror-output'
          SITE: \${{ inputs.site }}
          MEDIA: \${{ inputs.media }}
        run: ${block(steps.bundle, 10)}
      - name: Commit the transfer
        id: records
        env:
${credentials}
${committer}
          COMMIT_MESSAGE: ${quoted(`Bundle ${mirror}`)}
        run: ${block(steps.pushRecords({ then: tellBranch('RECORDS_BRANCH') }), 10)}
      - uses: ${actions.upload}
        with:
          name: ${quoted(`seqmirror-${mirror}-bundle`)}
          path: seqmirror-output/
          if-no-files-found: error
          compression-level: 0
          retention-days: 7

  acknowledge:
    name: Record a receipt
    if: inputs.task == 'acknowledge'
    runs-on: ubuntu-latest
    permissions:
      contents: write
    outputs:
      branch: \${{ steps.ledger.outputs.branch }}
    steps:
${newestWorkspace(pipeline)}
      - name: Record the receipt in the ledger
        env:
          SITE: \${{ inputs.site }}
          CODE: \${{ inputs.code }}
          RECEIPT: \${{ inputs.receipt }}
        run: ${block(steps.acknowledge, 10)}
      - name: Push the ledger to a branch
        id: ledger
        env:
${credentials}
${committer}
          ACKNOWLEDGE_BRANCH: ${quoted(`seqmirror/${mirror}-receipt-\${{ github.run_id }}`)}
          COMMIT_MESSAGE: ${quoted(`Acknowledge a receipt of ${mirror}`)}
        run: ${block(steps.pushLedger({ then: tellBranch('ACKNOWLEDGE_BRANCH') }), 10)}

  # Records that could not be pushed to the default branch, and receipts, wait for a review.
  pull-request:
    name: Open a pull request
    needs: [mirror, bundle, acknowledge]
    if: always() && (needs.mirror.outputs.branch || needs.bundle.outputs.branch || needs.acknowledge.outputs.branch)
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pull-requests: write
    steps:
      - name: Open a pull request
        env:
          GH_TOKEN: \${{ github.token }}
          HEAD_BRANCH: \${{ needs.mirror.outputs.branch || needs.bundle.outputs.branch || needs.acknowledge.outputs.branch }}
          TITLE: ${quoted(`Records of ${mirror}`)}
        run: ${block(openPullRequest, 10)}
`;
}

/** One run for each mirror: the chain and the data directory have one writer. */
function ownRunner({ mirror, runner, dataDir }: Pipeline): string {
  return `    runs-on: [self-hosted, ${quoted(runner)}]
    timeout-minutes: 4320
    concurrency:
      group: ${quoted(`seqmirror-${mirror}`)}
      cancel-in-progress: false
    permissions:
      contents: write
    outputs:
      branch: \${{ steps.records.outputs.branch }}${dataDir === undefined ? '' : `\n    env:\n${variables({ SEQMIRROR_DATA_DIR: dataDir }, 6)}`}`;
}

function workspaceSteps(pipeline: Pipeline, ref = ''): string {
  return `      - uses: ${actions.checkout}
        with:
          persist-credentials: false${ref}
      - uses: ${actions.setupNode}
        with:
          node-version: 22
          package-manager-cache: false
      - name: Install the packages of the workspace
        run: ${pipeline.install}`;
}

/** The newest commit, not the one that started the run: a run before this one may have added records. */
function newestWorkspace(pipeline: Pipeline): string {
  return workspaceSteps(pipeline, `\n          ref: ${quoted(pipeline.branch)}`);
}

/** The same for a job that adds records. */
function workspaceWithoutWaitingRecords(pipeline: Pipeline): string {
  return `${newestWorkspace(pipeline)}
      - name: Stop if records of an earlier run wait for a merge
        env:
${credentials}
        run: ${block(steps.stopIfRecordsWait, 10)}`;
}

/** For Git alone, and in no argument list: neither Nx nor a package of the workspace sees the token. */
const credentials = `          PUSH_TOKEN: \${{ github.token }}
          GIT_CONFIG_COUNT: '1'
          GIT_CONFIG_KEY_0: credential.helper
          GIT_CONFIG_VALUE_0: '!f() { echo username=x-access-token; echo "password=$PUSH_TOKEN"; }; f'`;

const committer = variables(
  {
    GIT_AUTHOR_NAME: 'github-actions[bot]',
    GIT_AUTHOR_EMAIL: '41898282+github-actions[bot]@users.noreply.github.com',
    GIT_COMMITTER_NAME: 'github-actions[bot]',
    GIT_COMMITTER_EMAIL: '41898282+github-actions[bot]@users.noreply.github.com',
  },
  10,
);

function tellBranch(variable: string): string {
  return `echo "branch=$${variable}" >> "$GITHUB_OUTPUT"`;
}

const writePullSecret = `
if [ -n "$PULL_SECRET" ]; then
  umask 077
  printf '%s' "$PULL_SECRET" > "$RUNNER_TEMP/pull-secret.json"
  echo "REGISTRY_AUTH_FILE=$RUNNER_TEMP/pull-secret.json" >> "$GITHUB_ENV"
fi
`;

/** A comment has at most 65,536 characters. */
const writeComment = `
{
  echo "$MARKER"
  head -c 60000 comment.md
} > marked.md
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
earlier=$(gh api "$comments" --paginate --jq \\
  '.[] | select(.user.login == "github-actions[bot]") | select(.body | startswith(env | .MARKER)) | .id')
earlier=\${earlier%%[!0-9]*}
if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --field body=@marked.md
else
  gh api --silent --method POST "$comments" --field body=@marked.md
fi
`;

const openPullRequest = `
gh pr create --repo "$GITHUB_REPOSITORY" --base "$DEFAULT_BRANCH" --head "$HEAD_BRANCH" --title "$TITLE" \\
  --body "Review these records as docs/ci.md of seqmirror says. Merge this pull request, and delete its branch."
`;
