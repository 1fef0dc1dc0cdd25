/**
 * A pipeline of GitLab CI/CD, in a file that .gitlab-ci.yml includes. The job token pushes the records, with the login that
 * the runner has given the clone. Values of forms reach shells as environment variables only.
 */
import type { Pipeline, PipelineFile } from './pipeline';
import { block, changedFiles, environmentOfNx, heading, quoted, recordsBranch, variables } from './pipeline';
import * as steps from './steps';

export function gitlabPath({ mirror }: Pick<Pipeline, 'mirror'>): string {
  return `.gitlab/seqmirror-${mirror}.yml`;
}

export function gitlabFiles(pipeline: Pipeline): PipelineFile[] {
  return [{ path: gitlabPath(pipeline), text: gitlabPipeline(pipeline) }];
}

/** `.gitlab-ci.yml` of a repository that has none. */
export function includingFile(pipeline: Pick<Pipeline, 'mirror'>): string {
  return `include:\n${includeLine(pipeline)}\n`;
}

export function includeLine(pipeline: Pick<Pipeline, 'mirror'>): string {
  return `  - local: ${gitlabPath(pipeline)}`;
}

function gitlabPipeline(pipeline: Pipeline): string {
  const { mirror, runner } = pipeline;
  const job = (name: string): string => quoted(`seqmirror ${mirror}: ${name}`);
  const base = quoted(`.seqmirror ${mirror}`);
  const onRunner = quoted(`.seqmirror ${mirror} on its runner`);
  const changes = `      changes: [${quoted(changedFiles(pipeline, '**/*'))}]`;
  const isDefault = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH';
  const asked = (task: string): string =>
    `    - if: ${isDefault} && $CI_PIPELINE_SOURCE == "web" && $MIRROR == "${mirror}" && $TASK == "${task}"`;
  return `${heading(pipeline, 'gitlab')}
# To write a bundle or to record a receipt, run a pipeline for the default branch with these variables:
#   MIRROR=${mirror} TASK=bundle SITE=<code name> MEDIA=<medium>
#   MIRROR=${mirror} TASK=acknowledge SITE=<code name> CODE=<receipt code>

${base}:
  image: node:22
  needs: []
  variables:
${variables({ MIRROR_FOLDER: pipeline.folder, OUTPUT_FOLDER: 'seqmirror-output', RECORDS_BRANCH: recordsBranch(pipeline), ...environmentOfNx }, 4)}
    DEFAULT_BRANCH: $CI_DEFAULT_BRANCH
    GIT_AUTHOR_NAME: $GITLAB_USER_NAME
    GIT_AUTHOR_EMAIL: $GITLAB_USER_EMAIL
    GIT_COMMITTER_NAME: $GITLAB_USER_NAME
    GIT_COMMITTER_EMAIL: $GITLAB_USER_EMAIL
  before_script:
    - ${pipeline.install}

# One run for each mirror: the chain and the data directory have one writer.
${onRunner}:
  extends: ${base}
  tags: [${quoted(runner)}]
  resource_group: ${quoted(`seqmirror-${mirror}`)}
  timeout: 3 days
${pipeline.dataDir === undefined ? '' : `  variables:\n    SEQMIRROR_DATA_DIR: ${quoted(pipeline.dataDir)}\n`}  # The newest commit, not the one that started the run: a run before this one may have added records.
  before_script:
    - ${block(newestCommit, 6)}
    - ${pipeline.install}

${job('validate')}:
  extends: ${base}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
${changes}
  script:
    - ${block(steps.checkRecords, 6)}

${job('plan')}:
  extends: ${base}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
${changes}
  script:
    - ${block(steps.planAndDiff, 6)}
  artifacts:
    name: ${quoted(`seqmirror-${mirror}-plan`)}
    expose_as: ${quoted(`seqmirror plan of ${mirror}`)}
    paths: [seqmirror-output/comment.md]

${job('mirror')}:
  extends: ${onRunner}
  rules:
    - if: ${isDefault} && $CI_PIPELINE_SOURCE == "push"
${changes}
    - if: ${isDefault} && $CI_PIPELINE_SOURCE == "schedule" && $MIRROR == "${mirror}"
${asked('mirror')}
  variables:
    MIRROR_TASK: ${quoted(pipeline.task)}
    COMMIT_MESSAGE: ${quoted(`Mirror ${mirror}`)}
  script:
    - ${block(steps.stopIfRecordsWait, 6)}
    # After an error, earlier sequences of the same run can be sealed. Their records are committed too.
    - ${block(`status=0\n${steps.mirror.trim()} || status=$?`, 6)}
    - ${block(`${steps.pushRecords(asMergeRequest).trim()}\nexit "$status"`, 6)}

${job('bundle')}:
  extends: ${onRunner}
  rules:
${asked('bundle')}
  variables:
    COMMIT_MESSAGE: ${quoted(`Bundle ${mirror}`)}
    SITE: ''
    MEDIA: ''
  script:
    - ${block(steps.stopIfRecordsWait, 6)}
    - ${block(steps.bundle, 6)}
    - ${block(steps.pushRecords(asMergeRequest), 6)}
  artifacts:
    name: ${quoted(`seqmirror-${mirror}-bundle`)}
    paths: [seqmirror-output/]
    expire_in: 7 days

${job('acknowledge')}:
  extends: ${base}
  rules:
${asked('acknowledge')}
  variables:
    ACKNOWLEDGE_BRANCH: ${quoted(`seqmirror/${mirror}-receipt-$CI_JOB_ID`)}
    COMMIT_MESSAGE: ${quoted(`Acknowledge a receipt of ${mirror}`)}
    SITE: ''
    CODE: ''
    RECEIPT: ''
  script:
    - ${block(steps.acknowledge, 6)}
    - ${block(steps.pushLedger(asMergeRequest), 6)}
`;
}

/** GitLab opens a merge request because of these options. */
const asMergeRequest = {
  pushOptions: ' --push-option=merge_request.create --push-option="merge_request.target=$DEFAULT_BRANCH"',
  then: 'echo "GitLab opens a merge request for this branch."',
} as const;

const newestCommit = `
git fetch --quiet origin "refs/heads/$DEFAULT_BRANCH"
git checkout --quiet --detach FETCH_HEAD
`;
