/** A mirror with one sealed sequence and another to come; texts stand in for archives. */
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aChain } from '../../../../testing/worlds/chain';
import { filesBelow, newFolder } from '../../../../testing/worlds/folders';
import { renderChainLock } from '../../sequence/chain-lock';
import type { SequenceMetadata } from '../../sequence/metadata';
import { renderSequenceMetadata } from '../../sequence/metadata';
import { renderSha256Sums } from '../../sequence/sha256-sums';
import { silentProgress } from '../../system/progress';
import { framesFolder, storeFolder } from '../data-directory';
import type { Mirror } from '../mirror';
import { openMirror } from '../mirror';
import { withMirrorLock } from '../with-mirror-lock';

export const chain = aChain().baseline('baseline').differential('add-logging').build();
export const [first, sequence] = chain.sequences as [(typeof chain.sequences)[0], (typeof chain.sequences)[0]];
export const { folder, metadata, seal, files } = sequence;
export const archive = 'mirror_000001.tar';
export const frame = 'mirror_000001.tar.frame.gz';
const recordTexts = ['imageset-config.pinned.yaml', 'seq-inventory.jsonl', 'SHA256SUMS', 'seq-metadata.yaml'];
export const records = new Map(recordTexts.map((name) => [name, files[name] ?? '']));
export const config = files['imageset-config.yaml'] ?? '';
export const other = { number: 2, folder: 'seq2-other', seal: `sha256:${'e'.repeat(64)}` as typeof seal };
export const lockOf = (...entries: readonly (typeof other)[]): string =>
  renderChainLock({ entries: entries.map((entry) => ({ ...entry, state: 'sealed' })) });
export const entryOf = ({ number, folder: of, seal: its }: typeof first) => ({ number, folder: of, seal: its });

/** The sequence's metadata and records, with one archive of these bytes. The seal does not depend on archives. */
export function packagedAs(content: Buffer): { metadata: SequenceMetadata; texts: Map<string, string> } {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const archives = [{ name: archive, size: '1.0 KiB', bytes: content.length, sha256 }];
  const packaged = { ...metadata, archives };
  const texts = new Map(records);
  texts.set('SHA256SUMS', renderSha256Sums(archives)).set('seq-metadata.yaml', renderSequenceMetadata(packaged));
  return { metadata: packaged, texts };
}

export class World {
  private constructor(
    readonly root: string,
    readonly mirror: Mirror,
  ) {}

  static async make({ keyOf = 'home', id = 'test' } = {}): Promise<World> {
    const root = newFolder('transaction');
    const workspaceRoot = join(root, 'workspace');
    await mkdir(join(workspaceRoot, 'mirror/content'), { recursive: true });
    await writeFile(join(workspaceRoot, 'mirror/seqmirror.yaml'), `schema: seqmirror/v1\nid: ${id}\n`);
    const env = { HOME: join(root, keyOf), SEQMIRROR_DATA_DIR: join(root, 'data') };
    const mirror = await openMirror({ workspaceRoot, mirrorRoot: 'mirror', name: 'mirror', env });
    const world = new World(root, mirror);
    await world.writeSequence(first.folder, first.files);
    await world.write(world.content('chain.lock'), lockOf(entryOf(first)));
    return world;
  }

  content = (...names: string[]): string => join(this.mirror.content, ...names);
  store = (of = folder, its = seal): string => join(storeFolder(this.mirror.data, of, its), archive);
  frame = (of = folder, its = seal): string => join(framesFolder(this.mirror.data, of, its), frame);

  async write(path: string, text: string | Buffer): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async writeSequence(of: string, texts: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(texts)) await this.write(this.content(of, name), text);
  }

  /** Recovers and returns its notes. The lock of a dead process would be stale, but this process lives on. */
  async recover(mirror = this.mirror): Promise<string[]> {
    await rm(mirror.data.lockFile, { force: true });
    const notes: string[] = [];
    const progress = { ...silentProgress, note: (text: string) => notes.push(text) };
    const now = () => new Date(0);
    await withMirrorLock(mirror, { purpose: 'next', now, progress }, async () => undefined);
    return notes;
  }

  /** The texts in the workspace and the data directory. */
  async texts(): Promise<Record<string, string>> {
    // Each stage has its own path in its commit, and each account its own key.
    const isLeftOut = (path: string): boolean => path.startsWith('home/') || path.endsWith('/commit.json');
    return Object.fromEntries([...filesBelow(this.root)].filter(([path]) => !isLeftOut(path)));
  }

  remove = (): Promise<void> => rm(this.root, { recursive: true, force: true });
}
