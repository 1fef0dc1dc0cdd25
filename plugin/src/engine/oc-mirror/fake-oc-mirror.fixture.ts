import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobSet } from '../../oci/blob';
import { silentProgress } from '../../system/progress';
import type { DiskToMirror, EngineVersion, MirrorRequest } from '../engine';
import { documentOf } from './document.fixture';

/** A program that behaves as oc-mirror does in some failures, for one image: its log, its files, its exit code. */
export interface FakeOcMirror {
  readonly folder: string;
  readonly version: EngineVersion;
  readonly notes: readonly string[];
  request(overrides?: Partial<MirrorRequest>): MirrorRequest;
  /** To `registry.example/mirror`, from a file that is not an archive. */
  upload(overrides?: Partial<DiskToMirror>): DiskToMirror;
  /** `mirror`, `list` or `upload`, for each run so far, with its parallelism. */
  runs(): Promise<string[]>;
  remove(): Promise<void>;
}

const manifest = '{"schemaVersion":2}';
const line = (level: string, text: string): string => `echo '2026/11/23 17:22:20  [${level}]   : ${text}'`;

/** `mirror`, `list` and `upload` are shell commands for the kinds of runs; `$run` counts runs of the kind, from 1. */
export async function fakeOcMirror({
  mirror = 'copy; archive',
  list = 'mapping',
  upload = 'resources',
} = {}): Promise<FakeOcMirror> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-fake-'));
  const program = join(folder, 'oc-mirror');
  await mkdir(join(folder, 'tmp'));
  await writeFile(program, script(join(folder, 'runs'), { mirror, list, upload }));
  await chmod(program, 0o755);
  const notes: string[] = [];
  const archive = join(folder, 'mirror_000001.tar');
  await writeFile(archive, '');
  const request = (overrides: Partial<MirrorRequest> = {}): MirrorRequest => ({
    document: documentOf(
      'kind: ImageSetConfiguration\nmirror:\n  additionalImages:\n    - name: registry.example/a/b:1\n',
    ),
    base: new Map() as BlobSet,
    linksInBase: () => false,
    allowMissing: [],
    resolveDependencies: false,
    stage: join(folder, 'seq1'),
    engineFolder: join(folder, 'engine'),
    registries: { registriesConf: '/dev/null' },
    options: {
      ocMirrorBinary: program,
      parallelImages: 4,
      parallelLayers: 5,
      retries: 1,
      imageTimeoutSeconds: 600,
      removeSignatures: false,
      slim: true,
      attachments: { taken: 'all', ifRefused: 'fail' },
    },
    progress: { ...silentProgress, note: (text) => void notes.push(text) },
    signal: new AbortController().signal,
    ensureSpace: async () => undefined,
    env: { PATH: process.env['PATH'] },
    workspaceRoot: folder,
    now: () => new Date('2026-11-23T06:08:52Z'),
    ...overrides,
  });
  return {
    folder,
    notes,
    version: { engine: 'oc-mirror', version: '4.19.0', found: program },
    request,
    upload: (overrides = {}) => {
      const { document, registries, options, progress, signal, env, now, engineFolder } = request();
      return {
        ...{ document, registries, options, progress, signal, env, now },
        archives: [archive],
        images: [],
        chain: { repositories: new Set(), broughtBy: new Map(), repositoriesOf: () => [] },
        destination: { host: 'registry.example', namespace: 'mirror' },
        folder: join(engineFolder, 'registry.example'),
        ...overrides,
      };
    },
    runs: async () => (await readFile(join(folder, 'runs'), 'utf8')).trim().split('\n'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function script(runs: string, { mirror, list, upload }: { mirror: string; list: string; upload: string }): string {
  return `#!/bin/sh
set -e
info() { ${line('INFO', '\'"$*"\'')}; }
error() { ${line('ERROR', '\'"$*"\'')}; }
# The blob and link of one image in the cache.
copy() {
  info '📌 images to copy 1'
  hash=$(printf '%s' '${manifest}' | sha256sum | cut -c1-64)
  v2=$cache/.oc-mirror/.cache/docker/registry/v2
  mkdir -p "$v2/blobs/sha256/$(echo $hash | cut -c1-2)/$hash" "$v2/repositories/a/b/_manifests/tags/1/current"
  printf '%s' '${manifest}' > "$v2/blobs/sha256/$(echo $hash | cut -c1-2)/$hash/data"
  printf 'sha256:%s' $hash > "$v2/repositories/a/b/_manifests/tags/1/current/link"
  info 'Success copying registry.example/a/b:1 ➡️ cache'
}
archive() {
  info '📦 Preparing the tarball archive...'
  mkdir -p working-dir/logs; echo log > working-dir/logs/oc-mirror.log
  here=$(pwd)
  (cd "$cache/.oc-mirror/.cache" && find docker -type f) > working-dir/logs/entries
  tar --format=ustar -b 1 -cf mirror_000001.tar -C "$cache/.oc-mirror/.cache" -T working-dir/logs/entries -C "$here" working-dir/logs/oc-mirror.log
}
fail() {
  info '📌 images to copy 1'
  error 'Failed to copy generic registry.example/a/b:1'
  mkdir -p working-dir/logs
  echo "error mirroring image registry.example/a/b:1 error: $1" > working-dir/logs/mirroring_errors_20261123_172220.txt
  exit 8
}
mapping() {
  rm -f mirror_*.tar
  mkdir -p working-dir/dry-run
  info '🔍 collecting additional images...'
  ${line('DEBUG', "[AdditionalImagesCollector] destination docker://localhost:'$port'/a/b:1")}
  echo "docker://registry.example/a/b:1=docker://localhost:$port/a/b:1" > working-dir/dry-run/mapping.txt
}
resources() {
  info '📌 images to copy 1'
  info 'Success copying registry.example/a/b:1 ➡️ registry.example/mirror/'
  mkdir -p working-dir/cluster-resources
  echo 'kind: ImageTagMirrorSet' > working-dir/cluster-resources/itms-oc-mirror.yaml
}
kind=mirror
for argument in "$@"; do
  case $argument in
    --cache-dir=*) cache=$(pwd)/\${argument#*=} ;;
    --port=*) port=\${argument#*=} ;;
    --parallel-images=*) images=\${argument#*=} ;;
    --dry-run) kind=list ;;
    --from=*) kind=upload ;;
  esac
done
echo "$kind $images" >> '${runs}'
run=$(grep -c "^$kind " '${runs}')
case $kind in
  mirror) ${mirror} ;;
  list) ${list} ;;
  upload) ${upload} ;;
esac
`;
}
