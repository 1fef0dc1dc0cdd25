import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aChain } from '../../../testing/worlds/chain';
import type { ChainRecords, Mirror } from './mirror';
import { openMirror } from './mirror';
import type { ProvenSequence } from './sealed-chain';
import { openSealedChain } from './sealed-chain';

const chain = aChain().baseline('ubi9').differential('logging').differential('tempo').build();
const [first = '', second = ''] = chain.sequences.map(({ folder }) => folder);

describe('openSealedChain', () => {
  let root: string;
  let mirror: Mirror;
  const content = (path: string): string => join(root, 'mirror/content', path);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'seqmirror-sealed-chain-'));
    for (const [path, text] of Object.entries(chain.files)) {
      await mkdir(dirname(content(path)), { recursive: true });
      await writeFile(content(path), text);
    }
    await writeFile(join(root, 'mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
    mirror = await openMirror({ workspaceRoot: root, mirrorRoot: 'mirror', env: {} });
  });
  afterEach(() => rm(root, { recursive: true }));

  const replaceIn = async (
    path: string,
    from: string | RegExp,
    to: string | ((found: string) => string),
  ): Promise<void> => {
    const text = await readFile(content(path), 'utf8');
    const edited = text.replace(from, (found) => (typeof to === 'string' ? to : to(found)));
    expect(edited).not.toBe(text);
    await writeFile(content(path), edited);
  };

  it('reads up to the last sealed sequence, or to the number it is given', async () => {
    const whole = await openSealedChain(mirror, { trust: 'proven' });
    expect(whole.sequences.map(({ entry, metadata }) => [entry, metadata])).toEqual(
      chain.sequences.map(({ metadata }, index) => [chain.lock.entries[index], metadata]),
    );
    expect((await openSealedChain(mirror, { upTo: 2, trust: 'proven' })).sequences).toHaveLength(2);
    expect((await openSealedChain(mirror, { upTo: 0, trust: 'proven' })).sequences).toEqual([]);
  });

  it('offers to void what was edited only where that can be done', async () => {
    const next = () =>
      openSealedChain(mirror, { trust: 'proven' }).then(
        () => 'nothing was refused',
        (error: { readonly next: string }) => error.next,
      );
    const { folder: last, seal } = chain.lock.entries[2]!;
    const edit = (folder: string) =>
      replaceIn(`${folder}/imageset-config.yaml`, 'additionalImages:', 'additionalImages:\n    - name: quay.io/a/b:1');
    await edit(last);
    expect(await next()).toMatch(/^Undo the change: `git restore .*seq3:void`/);
    const site = join(mirror.root, 'sites/bravo');
    await mkdir(site, { recursive: true });
    await writeFile(join(site, 'ledger.yaml'), `seal: ${seal}\n`);
    expect(await next()).toMatch(/^Undo the change: `git restore .*sequence <name>`$/);
    await rm(site, { recursive: true });
    await edit(first);
    expect(await next()).toMatch(/^Undo the change: `git restore .*sequence <name>`$/);
  });

  it('refuses a number that is not sealed', async () => {
    for (const trust of ['as recorded', 'proven'] as const)
      await expect(openSealedChain(mirror, { upTo: 4, trust })).rejects.toMatchObject({ code: 'SEQ0205' });
  });

  it.each([
    {
      name: 'an inventory in which a blob has another length',
      edit: () => replaceIn(`${second}/seq-inventory.jsonl`, /"bytes":\d+/, '"bytes":1'),
      code: 'SEQ0233',
    },
    {
      name: 'an edited configuration',
      edit: () =>
        replaceIn(`${first}/imageset-config.yaml`, 'additionalImages:', 'additionalImages:\n    - name: quay.io/a/b:1'),
      code: 'SEQ0201',
    },
    {
      name: 'a line of chain.lock with another seal',
      edit: () => replaceIn('chain.lock', /^2 .*/m, `2 ${second} sha256:${'0'.repeat(64)}`),
      code: 'SEQ0207',
    },
    {
      name: 'a merge conflict in chain.lock',
      edit: () => replaceIn('chain.lock', /^3 .*\n/m, (line) => `<<<<<<< ours\n${line}=======\n>>>>>>> theirs\n`),
      code: 'SEQ0212',
    },
  ])('proves nothing if there is $name, but still reads it as recorded', async ({ edit, code }) => {
    await edit();
    await expect(openSealedChain(mirror, { trust: 'proven' })).rejects.toMatchObject({ code });
    expect((await openSealedChain(mirror, { trust: 'as recorded' })).sequences).toHaveLength(3);
  });

  it('requires the signature that the settings require', async () => {
    expect((await openSealedChain(mirror, { trust: 'proven and signed' })).sequences).toHaveLength(3);
    const strict = { ...mirror, settings: { ...mirror.settings, requireSignatures: true } };
    expect((await openSealedChain(strict, { trust: 'proven' })).sequences).toHaveLength(3);
    await expect(openSealedChain(strict, { trust: 'proven and signed' })).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('shows in its type what was checked', async () => {
    const takesProven = (sequences: readonly ProvenSequence[]): number => sequences.length;
    const recorded = await openSealedChain(mirror, { trust: 'as recorded' });
    // @ts-expect-error nobody proved them
    takesProven(recorded.sequences);
    expect(takesProven((await openSealedChain(mirror, { trust: 'proven' })).sequences)).toBe(3);
    const carried: ChainRecords = { name: 'mirror', content: content(''), workspaceRoot: root, root };
    // @ts-expect-error only a mirror says whose signatures count
    const signed = openSealedChain(carried, { trust: 'proven and signed' });
    await expect(signed).rejects.toThrow();
  });
});
