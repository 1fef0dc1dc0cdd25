/** Archives that others made carry no signature; sealed, they would get ours. */
import { appendFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith } from '../../../testing/lab/requirements';
import { aChain } from '../../../testing/worlds/chain';
import { newKey } from '../../../testing/worlds/signing';
import { openMirror } from '../mirror/mirror';
import { chainSignature } from '../mirror/signing/signing';
import { parseCustody } from '../sequence/custody';
import { readText } from '../system/text-file';
import type { AdoptionWorld } from './original.fixture';
import { anAdoptionWorld, writeOriginals } from './original.fixture';
import { inTree } from '../mirror/mirror';

describeWith(['ssh-keygen'], 'archives that others made, in a mirror that signs', () => {
  let world: AdoptionWorld;
  const mirrorFile = (...names: string[]) => join(world.root, 'mirror', ...names);
  const settings = (more: string) => writeFile(mirrorFile('seqmirror.yaml'), `schema: seqmirror/v1\nid: test\n${more}`);
  const sshKey = 'signing:\n  with: ssh\n  key: ../key\n';

  beforeEach(async () => {
    world = await anAdoptionWorld();
    await newKey(join(world.root, 'key'));
    await settings(sshKey);
    await appendFile(mirrorFile('allowed_signers'), `us ${await keyOf('key')}`);
    await writeOriginals(world.old, aChain().baseline('baseline').differential('more', { adds: 1 }).build(), {
      archives: 'complete',
    });
  });
  afterEach(() => world.remove());

  const keyOf = (name: string) => readText(inTree({ root: world.root }, join(world.root, `${name}.pub`)));

  it('are refused before they are read, with what, why and how', async () => {
    await expect(world.plan()).rejects.toMatchObject({
      code: 'SEQ0626',
      what: 'old/content has no signature that this mirror accepts',
      why: expect.stringMatching(/^mirror\/allowed_signers lists the accepted keys.*your own signature/) as string,
      next: expect.stringContaining('--allow-unsigned') as string,
    });
    expect(await readdir(mirrorFile())).not.toContain('content');
  });

  it.each([
    { name: 'signers that the environment names', prepare: () => rm(mirrorFile('allowed_signers')), signers: true },
    { name: 'requireSignatures alone', prepare: () => settings(`requireSignatures: true\n${sshKey}`) },
    {
      name: 'a signing key alone, since it would sign them',
      prepare: () => rm(mirrorFile('allowed_signers')),
    },
  ])('are refused by $name', async ({ prepare, signers = false }) => {
    const env = signers ? { SEQMIRROR_ALLOWED_SIGNERS: join(world.root, 'elsewhere') } : {};
    if (signers) await writeFile(join(world.root, 'elsewhere'), `us ${await keyOf('key')}`);
    await prepare();
    const location = { ...world.location, env: { ...world.location.env, ...env } };
    await expect(world.plan({ location })).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('are accepted if a person says so, and custody.yaml records it', async () => {
    const { adopted } = await world.adopt({ allowUnsigned: true });
    expect(adopted.map(({ folder }) => folder)).toEqual(['seq1-baseline', 'seq2-more']);
    expect((await chainSignature(await openMirror(world.location))).findings).toEqual([]);
    const file = mirrorFile('content/seq2-more/custody.yaml');
    expect(parseCustody(await readText(inTree({ root: world.root }, file)), file)).toMatchObject({
      state: 'held',
      note: expect.stringContaining('Adopted without a signature (--allow-unsigned)') as string,
    });
  });

  it('are accepted as ever if nobody signs', async () => {
    await settings('');
    await rm(mirrorFile('allowed_signers'));
    await world.adopt();
    expect(await readdir(mirrorFile('content/seq1-baseline'))).not.toContain('custody.yaml');
  });
});
