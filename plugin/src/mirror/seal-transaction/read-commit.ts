/** Reads the commit that a killed run left, of this version or an earlier one. */
import { z } from 'zod';
import { ArchiveName } from '../../archive/names';
import { valueOfJson } from '../../system/json-text';
import { readTextIfThere } from '../../system/text-file';
import { recordSchema } from '../../yaml/schema-version';
import { inData } from '../data-directory';
import { commitUnreadable } from '../errors';
import { Commit, CommittedEntry, RecordName } from './commit';
import type { Stage } from './stage';

/**
 * @returns `undefined` when the run had not come as far as its commit
 * @throws SEQ0211 if seqmirror did not write it
 */
export async function readCommit({ data, root, commit: file }: Stage): Promise<Commit | undefined> {
  const text = await readTextIfThere(inData(data, file));
  if (text === undefined) return undefined;
  const value = valueOfJson(text);
  const commit = Commit.safeParse(value).data ?? earlierSeal(value) ?? earlierReissue(value);
  if (commit === undefined) throw commitUnreadable({ file, stage: root });
  return commit;
}

/** As 0.1.0 wrote it into `stage/`: adopted sequences say so; all others were mirrored or renumbered. */
const EarlierSeal = Commit.omit({ origin: true, removed: true })
  .required({ archivesFrom: true })
  .extend({ adopts: z.enum(['in place', 'from elsewhere', 'records']).optional() });

const adoptedOrigins = { 'in place': 'adopted in place', 'from elsewhere': 'adopted', records: 'bundle' } as const;

function earlierSeal(value: unknown): Commit | undefined {
  const { data } = EarlierSeal.safeParse(value);
  if (data === undefined) return undefined;
  const { adopts, ...commit } = data;
  const made = commit.replaces === undefined ? 'mirrored' : 'renumbered';
  return { ...commit, origin: adopts === undefined ? made : adoptedOrigins[adopts], removed: [] };
}

/** As 0.1.0 wrote it into `reissue/`: what is moved lies beside it. */
const EarlierReissue = z.strictObject({
  schema: z.literal(recordSchema),
  entry: CommittedEntry,
  archives: z.array(ArchiveName),
  removed: z.array(ArchiveName),
  records: z.array(RecordName),
});

function earlierReissue(value: unknown): Commit | undefined {
  const { data } = EarlierReissue.safeParse(value);
  if (data === undefined) return undefined;
  const { folder, seal } = data.entry;
  const root = `reissue/${folder}.${seal.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  const from = { archivesFrom: `${root}/archives`, framesFrom: `${root}/frames` };
  // A reissue does not change a sequence's place in the chain, so it needs no predecessor.
  return { ...data, ...from, origin: 'reissued', previous: null, configSha256: '' };
}
