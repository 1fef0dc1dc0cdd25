/** What a sequence with operators records and plans: heads of channels, and what was added since others need it. */
import type { DocumentedLab } from '../../../testing/lab/documented-lab';
import { startDocumentedLab } from '../../../testing/lab/documented-lab';
import { catalogReference } from '../../../testing/images/documented';
import type { World } from '../../../testing/worlds/world';
import { aWorld } from '../../../testing/worlds/world';
import { silentProgress } from '../system/progress';
import type { SequencePlan } from './plan/plan';
import { planMirroring } from './plan/plan';

jest.setTimeout(180_000);

const config = `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  operators:
    - catalog: ${catalogReference}
      packages:
        - name: web-terminal # a shell in the console
`;
const needs = {
  type: 'olm.package.required',
  value: { packageName: 'devworkspace-operator', versionRange: '<0.34.0' },
};

let upstream: DocumentedLab;
let world: World;

beforeAll(async () => {
  upstream = await startDocumentedLab({ scale: 1 / 65536 });
  const needy = (name: string, text: string): string =>
    name === 'web-terminal' ? text.replaceAll('"properties":[', `"properties":[${JSON.stringify(needs)},`) : text;
  upstream.publishCatalog({ changed: needy });
  world = await aWorld(upstream);
});
afterAll(async () => {
  await world?.remove();
  await upstream?.stop();
});

async function planned(folder?: string): Promise<SequencePlan> {
  const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };
  const outcome = await planMirroring({ ...run, location: world.location, folder });
  if (outcome.kind !== 'planned') throw new Error(outcome.kind);
  return outcome.plan;
}

it('adds what operators need where sequence.yaml asks for it, which is no repetition of the sequence before', async () => {
  await world.write('mirror/content/seq1-terminal/imageset-config.yaml', config);
  const first = await world.seal('seq1-terminal');
  expect(first.metadata.provenance.operators).toEqual([
    { catalog: catalogReference, heads: ['web-terminal fast 1.12.1'] },
  ]);

  await world.write('mirror/content/seq2-with-its-needs/imageset-config.yaml', config);
  await expect(world.mirror('seq2-with-its-needs')).rejects.toThrow('SEQ0206');
  await world.write(
    'mirror/content/seq2-with-its-needs/sequence.yaml',
    'schema: seqmirror/v1\ndescription: The web terminal with what it needs\nbase: previous\nresolveDependencies: true\n',
  );
  const added = 'devworkspace-operator 0.33.0 (fast), needed by web-terminal.v1.12.1';
  expect((await planned('seq2-with-its-needs')).notes).toContain(`${catalogReference}: added ${added}`);
  const second = await world.seal('seq2-with-its-needs');
  expect(second.metadata.provenance.operators).toEqual([
    {
      catalog: catalogReference,
      heads: ['devworkspace-operator fast 0.33.0', 'web-terminal fast 1.12.1'],
      dependencies: [added],
    },
  ]);
  expect(await world.read('mirror/content/seq2-with-its-needs/imageset-config.pinned.yaml')).toContain(
    [
      '        - name: web-terminal # a shell in the console',
      '        - { name: devworkspace-operator, channels: [{ name: fast, minVersion: 0.33.0, maxVersion: 0.33.0 }] }',
      '',
    ].join('\n'),
  );
});

it('names the channels whose heads moved since', async () => {
  expect((await planned()).moves?.heads).toEqual([]);
  upstream.moveCatalog();
  expect((await planned()).moves?.heads).toEqual([
    { catalog: catalogReference, package: 'web-terminal', channel: 'fast', from: '1.12.1', to: '1.13.0' },
  ]);
});
