/**
 * What people do month after month, by the packed plugin's program on the one side and by what is carried alone on the other:
 * a registry of Debian's, skopeo as the judge, a shell and Node.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { blobsInArchives, headAt, smallOnes } from '../harness/chain-records';
import { configOf, preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { startFarSite, type FarSite } from './site.fixture';

jest.setTimeout(15 * 60_000);

describeWith(['docker-registry', 'skopeo'], 'a disconnected site is supplied', () => {
  let upstream: Lab;
  let workspace: Workspace;
  const sites = new Map<string, FarSite>();
  let bundles = 0;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq3');
    await workspace.write('isc.yaml', configOf(4));
    await workspace.nxWorks('g', 'seqmirror:sequence', 'fresh-start', '--from=isc.yaml', '--base=none');
    await workspace.seqmirrorWorks('mirror', 'seq4');
  });
  afterAll(async () => {
    for (const site of sites.values()) await site.close();
    await removeWorkspaces();
    await upstream.stop();
  });

  /** A site of that name, on this side and on the other. Without options it is made by hand, as a person may. */
  const aSite = async (name: string, ...options: string[]): Promise<FarSite> => {
    if (options.length > 0) await workspace.nxWorks('g', 'seqmirror:site', name, ...options);
    else await workspace.write(`mirror/sites/${name}/site.yaml`, `schema: seqmirror/v1\nname: ${name}\n`);
    return aRegistry(name);
  };
  const aRegistry = async (name: string): Promise<FarSite> => {
    const site = await startFarSite();
    sites.set(name, site);
    return site;
  };
  const bundle = async (sequence: string, ...options: string[]): Promise<{ folder: string; stdout: string }> => {
    const folder = join(workspace.root, '..', `bundle ${(bundles += 1)}`);
    const { stdout } = await workspace.seqmirrorWorks('bundle', sequence, `--output=${folder}`, ...options);
    return { folder, stdout };
  };
  const head = (number: number) => headAt(join(workspace.root, 'mirror/content'), number);
  /** Every image of a sequence is there under its tag, byte for byte. */
  const expectThere = async (site: FarSite, number: number): Promise<void> => {
    const { images } = await head(number);
    const wanted = images.filter(({ attachedTo }) => attachedTo === undefined);
    const found = await Promise.all(wanted.map(({ repository, tag }) => site.digestAt(`${repository}:${tag}`)));
    expect(found).toEqual(wanted.map(({ digest }) => digest));
    expect(found.length).toBeGreaterThan(0);
  };
  /** Uploads, and has the receipt acknowledged on this side. */
  const supply = async (site: FarSite, name: string, folder: string, number: number): Promise<void> => {
    const outcome = await site.receive(folder, [`--site=${name}`]);
    expect(outcome).toMatchObject({ code: 0 });
    await expectThere(site, number);
    const receipt = site.receipt(outcome);
    expect(await readFile(receipt, 'utf8')).toContain(`\nsite=${name}\n`);
    const { output } = await workspace.seqmirrorWorks('acknowledge', name, `--receipt=${receipt}`);
    expect(output).toContain(`${name}: has seq${number}, attested`);
  };
  const blobsIn = (folder: string): Promise<string[]> => blobsInArchives(join(folder, 'archives'));
  /** The closure of a head without what is in those of others, but for what is small and always there. */
  const lacking = async (number: number, ...held: number[]): Promise<string[]> => {
    const wanted = await head(number);
    const { closure } = wanted;
    const small = smallOnes(wanted);
    const there = await Promise.all(held.map(head));
    const everywhere = [...closure.keys()].filter((digest) => there.every((each) => each.closure.has(digest)));
    const left =
      held.length === 0 ? new Set<string>() : new Set<string>(everywhere.filter((digest) => !small.has(digest)));
    return [...closure.keys()].filter((digest) => !left.has(digest)).sort();
  };

  it('from nothing, with the baseline of a head', async () => {
    const site = await aSite('alpha');
    const { folder, stdout } = await bundle('seq2', '--kind=baseline');
    expect(stdout).toContain('is complete');
    const outcome = await site.receive(folder);
    expect(outcome).toMatchObject({ code: 0 });
    await expectThere(site, 2);
    const again = await site.receive(folder);
    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toContain('nothing to do');
  });

  it('from nothing, with all archives up to a head', async () => {
    const site = await aRegistry('cumulative');
    const { folder } = await bundle('seq3', '--kind=cumulative', '--link');
    expect(await site.receive(folder)).toMatchObject({ code: 0 });
    await expectThere(site, 3);
  });

  it('by one sequence after the other, in their order only', async () => {
    const site = await aRegistry('individual');
    const [first, second] = [await bundle('seq1', '--kind=individual'), await bundle('seq2', '--kind=individual')];
    const early = await site.receive(second.folder);
    expect(early.code).toBe(5);
    expect(early.output).toContain('seq1-baseline');
    expect(await site.receive(first.folder)).toMatchObject({ code: 0 });
    await expectThere(site, 1);
    expect(await site.receive(second.folder)).toMatchObject({ code: 0 });
    await expectThere(site, 2);
    const back = await site.receive(first.folder, ['--again']);
    expect(back.code).toBe(5);
    await expectThere(site, 2);
  });

  it('month by month, two of them at different heads, each with exactly what it lacks', async () => {
    for (const [name, head] of [
      ['bravo', 1],
      ['charlie', 2],
    ] as const) {
      const site = await aSite(name);
      const { folder } = await bundle(`seq${head}`, `--site=${name}`);
      await supply(site, name, folder, head);
    }
    for (const [name, head] of [
      ['bravo', 1],
      ['charlie', 2],
    ] as const) {
      const { folder, stdout } = await bundle('seq3', `--site=${name}`);
      expect(stdout).toMatch(/leaves out \d+ layers? /);
      expect(await blobsIn(folder)).toEqual(await lacking(3, head));
      await supply(sites.get(name) as FarSite, name, folder, 3);
    }
    const { output } = await workspace.seqmirrorWorks('status');
    expect(output).toMatch(/bravo +seq3 +attested/);
    expect(output).toMatch(/charlie +seq3 +attested/);
  });

  it('two of them by one bundle', async () => {
    for (const [name, head] of [
      ['delta', 1],
      ['echo', 2],
    ] as const) {
      const site = await aSite(name);
      const { folder } = await bundle(`seq${head}`, `--site=${name}`);
      await supply(site, name, folder, head);
    }
    const { folder } = await bundle('seq3', '--site=delta', '--site=echo');
    expect(await blobsIn(folder)).toEqual(await lacking(3, 1, 2));
    for (const name of ['delta', 'echo']) await supply(sites.get(name) as FarSite, name, folder, 3);
  });

  it('over a diode, where nothing comes back', async () => {
    const site = await aSite('foxtrot', '--receipts=none');
    const first = await bundle('seq1', '--site=foxtrot');
    expect(await site.receive(first.folder)).toMatchObject({ code: 0 });
    const tooEarly = await workspace.seqmirror('acknowledge', 'foxtrot', '--assume');
    expect(tooEarly.code).not.toBe(0);
    expect(tooEarly.output).toContain('SEQ0622');
    const second = await bundle('seq1', '--site=foxtrot');
    expect(await blobsIn(second.folder)).toEqual(await lacking(1));
    expect(await site.receive(second.folder)).toMatchObject({ code: 0 });
    const { output } = await workspace.seqmirrorWorks('acknowledge', 'foxtrot', '--assume');
    expect(output).toContain('foxtrot: has seq1, assumed');
    const third = await bundle('seq3', '--site=foxtrot');
    expect(await blobsIn(third.folder)).toEqual(await lacking(3, 1));
    expect(await site.receive(third.folder)).toMatchObject({ code: 0 });
    await expectThere(site, 3);
  });

  it('with a new baseline, to old sites and new ones', async () => {
    const fresh = await aRegistry('fresh');
    const { folder } = await bundle('seq4', '--kind=individual');
    expect(await fresh.receive(folder)).toMatchObject({ code: 0 });
    await expectThere(fresh, 4);
    const old = sites.get('bravo') as FarSite;
    const { folder: delta } = await bundle('seq4', '--site=bravo');
    expect(await blobsIn(delta)).toEqual(await lacking(4, 3));
    await supply(old, 'bravo', delta, 4);
  });

  it('again, after its registry was wiped', async () => {
    const site = sites.get('charlie') as FarSite;
    await site.wipeRegistry();
    const { folder: thin } = await bundle('seq4', '--site=charlie');
    // The ledgers of both sides say that seq3 is there; the registry knows better.
    const refused = await site.receive(thin, ['--site=charlie']);
    expect(refused.code).not.toBe(0);
    expect(await site.digestAt('acme/more:4.1')).toBeUndefined();
    await workspace.seqmirrorWorks('rollback', 'charlie', '--wiped');
    const { folder: whole } = await bundle('seq4', '--site=charlie');
    expect(await blobsIn(whole)).toEqual(await lacking(4));
    await rm(join(site.home, '.seqmirror'), { recursive: true });
    await supply(site, 'charlie', whole, 4);
  });
});
