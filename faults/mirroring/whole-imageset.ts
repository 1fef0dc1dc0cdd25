/**
 * One sequence with every kind of content that needs no other program: a release, two operators, an image; and what has to
 * come of it, whatever happened before: the bytes that an undisturbed run writes.
 */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirrorOutcome } from '../../plugin/src/mirroring/outcome';
import { isSeqmirrorError, renderExplanation } from '../../plugin/src/system/errors';
import { catalogReference } from '../../testing/images/documented';
import type { DocumentedLab } from '../../testing/lab/documented-lab';
import type { World } from '../../testing/worlds/world';
import { aWorld } from '../../testing/worlds/world';

export const sequence = 'seq1-baseline';

const configuration = `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  platform:
    channels:
      - name: stable-4.19
        minVersion: 4.19.2
        maxVersion: 4.19.2
  operators:
    - catalog: ${catalogReference}
      packages:
        - name: web-terminal
        - name: cluster-logging
  additionalImages:
    - name: registry.redhat.io/ubi9/ubi:9.5
`;

/** A mirror whose first sequence is planned. @param settings lines of seqmirror.yaml */
export async function aPlannedWorld(upstream: DocumentedLab, { settings = '' } = {}): Promise<World> {
  const world = await aWorld(upstream, { settings });
  await world.write(`mirror/content/${sequence}/imageset-config.yaml`, configuration);
  return world;
}

/** What a sealed world holds of the sequence: of each file its digest. Times differ from run to run. */
export async function contentOf(world: World): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const [path, text] of await world.files()) {
    const [, name] = /^(?:mirror\/content|data\/test\/store)\/(.*)$/.exec(path) ?? [];
    if (name === undefined) continue;
    const undated = name.endsWith('.yaml') ? text.replace(/^(timestamp|\s+at): .*$/gm, '') : text;
    content[path] = createHash('sha256').update(undated, 'latin1').digest('hex');
  }
  return content;
}

/** Archives of the sequence that can be seen, by their paths in `contentOf`. */
export async function shownOf(world: World): Promise<string[]> {
  const paths = [...(await world.files()).keys()];
  return paths.filter((path) => /^(mirror\/content|data\/test\/store)\/.*\.tar$/.test(path));
}

/** What is left of runs that died, and that a run which seals clears up. */
export async function stagesOf(world: World): Promise<string[]> {
  return readdir(join(world.data, 'stage')).catch(() => []);
}

/** Mirrors it by today's clock, since a signature of a time to come does not count. */
export function mirrored(world: World): Promise<MirrorOutcome> {
  return world.mirror(sequence, { now: () => new Date() });
}

/** What a run prints that fails; `undefined` when it does not. @throws a bug of ours */
export async function failureIn(world: World): Promise<string | undefined> {
  try {
    await mirrored(world);
    return undefined;
  } catch (error) {
    if (isSeqmirrorError(error)) return renderExplanation(error);
    throw error;
  }
}

/** What a run prints that has to fail. */
export async function failureOf(world: World): Promise<string> {
  const printed = await failureIn(world);
  if (printed === undefined) throw new Error('the run was expected to fail');
  return printed;
}
