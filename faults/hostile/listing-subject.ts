/** A whole mirror, one of whose files nobody vouches for, and what people are shown of it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listSequences } from '../../plugin/src/chain/list-sequences';
import { renderListing } from '../../plugin/src/report/text/listing';
import type { Dice } from '../../testing/lab/random';
import { aChain } from '../../testing/worlds/chain';
import { refusedOr } from './archive-subjects';
import { damaged, nastyTexts } from './nasty';
import { hostileJsonLines } from './nasty-json';
import { hostileYaml } from './nasty-yaml';
import type { Place, Reading, Subject } from './subject';

const { files } = aChain({ seed: 3 }).baseline('a', { adds: 1 }).differential('b', { adds: 1 }).build();
const names = Object.keys(files);

export const listingSubject: Subject = {
  name: 'a mirror that is listed',
  hostile: (dice) => {
    const name = dice.pick(names);
    return Buffer.from(JSON.stringify({ [name]: hostileText(name, files[name] ?? '', dice) }));
  },
  read: listed,
};

function hostileText(name: string, text: string, dice: Dice): string {
  if (name.endsWith('.yaml')) return hostileYaml(dice, text);
  return name.endsWith('.jsonl') ? hostileJsonLines(dice, text) : damaged(text, dice, nastyTexts);
}

async function listed(content: Uint8Array, { folder }: Place): Promise<Reading> {
  const changed = JSON.parse(Buffer.from(content).toString()) as Record<string, string>;
  const all = { ...files, ...changed };
  const workspaceRoot = join(folder, 'workspace');
  for (const [name, text] of Object.entries(all)) {
    const path = join(workspaceRoot, 'mirror/content', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  await writeFile(join(workspaceRoot, 'mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: a\n');
  const location = {
    workspaceRoot,
    mirrorRoot: 'mirror',
    name: 'mirror',
    env: { SEQMIRROR_DATA_DIR: join(folder, 'data') },
  };
  const listing = await refusedOr(() => listSequences(location));
  if ('thrown' in listing) return { findings: [listing.thrown] };
  const problems = listing.sequences.flatMap(({ problem }) => problem ?? []);
  return { findings: [...listing.findings, ...problems], printed: renderListing(listing).split('\n') };
}
