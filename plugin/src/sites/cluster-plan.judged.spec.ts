import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClusterApi } from '../../../testing/lab/cluster-api';
import { startClusterApi } from '../../../testing/lab/cluster-api';
import { describeWith, programPath } from '../../../testing/lab/requirements';
import type { SiteWorld } from '../../../testing/worlds/site-life';
import { aSiteWorld, giveRegistry, run } from '../../../testing/worlds/site-life';
import { openMirror } from '../mirror/mirror';
import { openSealedChain } from '../mirror/sealed-chain';
import type { LedgerEntry } from '../mirror/sites/sites';
import { emptyLedger, writeLedger } from '../mirror/sites/sites';
import { renderApply } from '../report/text/apply';
import type { ApplyOptions } from './cluster-plan';
import { applyResources } from './cluster-plan';

jest.setTimeout(300_000);

let made: SiteWorld;

beforeAll(async () => {
  made = await aSiteWorld();
  await giveRegistry(made.world, 'registry.example:8443');
});
afterAll(() => made?.stop());
beforeEach(() => acknowledged([1, 3]));

const acknowledged = async (numbers: readonly number[], rollback?: { from: number; to: number }): Promise<void> => {
  const mirror = await openMirror(made.world.location);
  const { sequences } = await openSealedChain(mirror, { trust: 'proven' });
  const at = '2026-11-28T10:00:00Z';
  const entries = numbers.map((sequence): LedgerEntry => {
    const { seal } = sequences[sequence - 1]!.entry;
    return { sequence, seal, at, confidence: 'proven', held_in: 'registry' };
  });
  const rollbacks = rollback === undefined ? {} : { rollbacks: [{ at, ...rollback, note: 'back' }] };
  await writeLedger(mirror, 'bravo', { ...emptyLedger, entries, ...rollbacks });
};
const withEnv = (env: Record<string, string>) => ({
  ...made.world.location,
  env: { ...made.world.location.env, ...env },
});
const apply = (options: Partial<ApplyOptions> = {}) =>
  applyResources({ ...run, location: made.world.location, site: 'bravo', carryOut: false, ...options });

describe('applyResources', () => {
  it('plans from records what to apply, in order, and what changes', async () => {
    const first = await apply({ sequence: 1 });
    expect(first.before).toBeUndefined();
    expect(new Set(first.steps.flatMap(({ changes }) => changes.map(({ change }) => change)))).toEqual(
      new Set(['new']),
    );
    const outcome = await apply();
    expect(renderApply(outcome)).toMatchInlineSnapshot(`
      "bravo: the plan for each cluster, for seq3-without-terminal at registry.example:8443/mirror (compared with seq1-terminal)
        1. idms-oc-mirror.yaml, itms-oc-mirror.yaml
           NODES MAY REBOOT: nodes then pull from this registry; a change is rolled out node by node
           changed: ImageDigestMirrorSet idms-operator-0
           changed: ImageTagMirrorSet itms-generic-0
        2. cs-redhat-operator-index-v4-19.yaml (unchanged)
           catalogs for OperatorHub (OLM)
        3. cc-redhat-operator-index-v4-19.yaml (unchanged)
           catalogs for OLM 1 (4.18 and later); skip this if you do not use OLM 1
      Nothing was written or applied
      Next: nx run mirror-site-bravo:apply --run --at=seq3 applies the plan with oc or kubectl"
    `);
    expect((await apply({ sequence: 4 })).steps.flatMap(({ reboots }) => (reboots ? [1] : []))).toEqual([]);
  });

  it('keeps the mirrors of the later sequence after a step back, so that no node reboots', async () => {
    await acknowledged([1], { from: 3, to: 1 });
    const { before, steps, gone } = await apply();
    expect(before?.number).toBe(3);
    expect(steps.filter(({ reboots }) => reboots)).toEqual([]);
    expect(gone).toEqual([]);
  });

  it('writes the files into a new folder, and not among those of others', async () => {
    const output = join(made.world.root, '..', 'resources');
    const { steps } = await apply({ output });
    expect((await readdir(output)).sort()).toEqual(steps.flatMap(({ files }) => files).sort());
    await apply({ output });
    await writeFile(join(output, 'mine.yaml'), 'kind: Secret\n');
    await expect(apply({ output })).rejects.toMatchObject({ code: 'SEQ0663', details: ['mine.yaml'] });
  });

  it.each([
    ['a sequence that is not sealed', { sequence: 9 }, 'seq9 is not sealed'],
    ['neither oc nor kubectl on PATH', { carryOut: true, location: 'nowhere' }, 'Neither oc nor kubectl'],
  ])('refuses %s', async (_, { location, ...options }: { location?: string; sequence?: number }, what) => {
    const place = location === undefined ? {} : { location: withEnv({ PATH: '/nonexistent' }) };
    await expect(apply({ ...options, ...place })).rejects.toMatchObject({
      code: 'SEQ0663',
      what: expect.stringContaining(what),
    });
  });
});

describe('applyResources with a program in the place of oc', () => {
  it('gives it one step after the other, without a shell, and stops at the first failure', async () => {
    const folder = join(made.world.root, '..', 'programs');
    const log = join(folder, 'log');
    await mkdir(folder);
    const script = (body: string) =>
      writeFile(join(folder, 'oc'), `#!/bin/sh\necho "oc $*" >>'${log}'\ncat >>'${log}'\n${body}\n`, { mode: 0o755 });
    const location = withEnv({ PATH: `${folder}:/usr/bin:/bin` });
    await script('exit 0');
    const context = 'prod; exit 1';
    const outcome = await apply({ location, carryOut: true, context });
    expect(outcome).toMatchObject({ kind: 'applied', cluster: { program: join(folder, 'oc'), unknownKinds: [] } });
    const calls = (await readFile(log, 'utf8')).split(/^(?=oc )/m);
    expect(calls).toHaveLength(outcome.steps.length);
    const kinds = calls.map((call) => [...new Set([...call.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind))]);
    expect(kinds).toEqual([['ImageDigestMirrorSet', 'ImageTagMirrorSet'], ['CatalogSource'], ['ClusterCatalog']]);
    expect(calls[0]).toContain(`oc apply --server-side --context=${context} -f -\n`);

    await script(
      `grep -q CatalogSource '${log}' && echo 'Apply failed with 1 conflict: conflict with "me"' >&2 && exit 1; exit 0`,
    );
    await writeFile(log, '');
    const failure = await apply({ location, carryOut: true }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'SEQ0664',
      what: expect.stringContaining('Step 2'),
      details: [expect.stringContaining('1 conflict'), expect.stringMatching(/^applied before: idms\S+, itms\S+$/)],
      next: expect.stringContaining('--force-conflicts'),
    });
    expect((await readFile(log, 'utf8')).match(/^oc /gm)).toHaveLength(2);
  });
});

describeWith(['kubectl'], 'applyResources, judged by kubectl', () => {
  let cluster: ClusterApi;
  let location: typeof made.world.location;
  beforeAll(async () => {
    cluster = await startClusterApi();
    const home = join(made.world.root, '..', 'home');
    await mkdir(home, { recursive: true });
    const KUBECONFIG = join(home, 'kubeconfig');
    await cluster.writeKubeconfig(KUBECONFIG);
    location = withEnv({ PATH: dirname(programPath('kubectl') ?? ''), KUBECONFIG, HOME: home });
  });
  afterAll(() => cluster?.stop());

  it('applies every object to the cluster of the current context, except those of kinds that it does not know', async () => {
    const outcome = await apply({ location, carryOut: true });
    expect(outcome.cluster?.unknownKinds).toEqual(['ClusterCatalog']);
    expect(cluster.applied).toEqual([
      expect.stringMatching(/^\/apis\/config.openshift.io\/v1\/imagedigestmirrorsets\//),
      expect.stringMatching(/^\/apis\/config.openshift.io\/v1\/imagetagmirrorsets\//),
      expect.stringMatching(
        /^\/apis\/operators.coreos.com\/v1alpha1\/namespaces\/openshift-marketplace\/catalogsources\/cs-redhat-/,
      ),
    ]);
    expect(renderApply(outcome)).toContain('Left out: the cluster does not know ClusterCatalog');
  });

  it("stops with kubectl's words, and names the command that continues", async () => {
    cluster.refuse(/catalogsources/);
    const failure = await apply({ location, carryOut: true }).catch((error: unknown) => error);
    cluster.refuse(undefined);
    expect(failure).toMatchObject({
      code: 'SEQ0664',
      details: expect.arrayContaining([expect.stringContaining('the webhook of the policy refuses it')]),
      next: expect.stringContaining('nx run mirror-site-bravo:apply --run'),
    });
    expect(JSON.stringify(failure)).not.toContain('secret-0815');
    await expect(apply({ location, carryOut: true, context: 'elsewhere' })).rejects.toMatchObject({ code: 'SEQ0664' });
  });
});
