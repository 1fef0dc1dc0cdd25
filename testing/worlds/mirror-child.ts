/** Mirrors one sequence in a process of its own, so that a spec can kill it. Argument: a file with the request as JSON. */
import { readFileSync } from 'node:fs';
import type { EngineOptions } from '../../plugin/src/engine/engine';
import { ocMirrorEngine } from '../../plugin/src/engine/oc-mirror/oc-mirror';
import type { BlobRecord } from '../../plugin/src/oci/blob';
import { silentProgress } from '../../plugin/src/system/progress';
import { documentOf } from './oc-mirror';

export interface ChildRequest {
  readonly text: string;
  readonly base: readonly BlobRecord[];
  readonly stage: string;
  readonly engineFolder: string;
  readonly keyFile: string | undefined;
  readonly registriesConf: string;
  readonly options: EngineOptions;
}

async function main(): Promise<void> {
  const request = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as ChildRequest;
  const { text, base, stage, engineFolder, keyFile, registriesConf, options } = request;
  const version = await ocMirrorEngine.probe(options, process.env);
  if (version === undefined) throw new Error('no oc-mirror');
  process.send?.('started');
  await ocMirrorEngine.mirrorToDisk(
    {
      document: documentOf(text),
      base: new Map(base.map((blob) => [blob.digest, blob])),
      linksInBase: () => false,
      allowMissing: [],
      resolveDependencies: false,
      stage,
      engineFolder,
      keyFile,
      registries: { registriesConf },
      options,
      env: process.env,
      progress: silentProgress,
      signal: new AbortController().signal,
      ensureSpace: async () => undefined,
      workspaceRoot: stage,
      now: () => new Date(),
    },
    version,
  );
}

void main();
