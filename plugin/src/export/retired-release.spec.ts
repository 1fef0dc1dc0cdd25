import type { DocumentedLab } from '../../../testing/lab/documented-lab';
import { startDocumentedLab } from '../../../testing/lab/documented-lab';
import { aSite, pruned, stored } from '../../../testing/worlds/pruning';
import type { World } from '../../../testing/worlds/world';
import { aWorld } from '../../../testing/worlds/world';
import { exportResources } from './export-resources';

const configuration = `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  platform:
    channels:
      - name: stable-4.19
        minVersion: 4.19.2
        maxVersion: 4.19.2
`;

describe('signatures of a release', () => {
  let upstream: DocumentedLab;
  let world: World;

  beforeAll(async () => {
    upstream = await startDocumentedLab({ scale: 1 / 65536 });
    world = await aWorld(upstream);
  });
  afterAll(async () => {
    await world.remove();
    await upstream.stop();
  });

  it('are exported from a later baseline if the archives of the sequence that brought it are retired', async () => {
    for (const folder of ['seq1-baseline', 'seq2-again']) {
      await world.write(`mirror/content/${folder}/imageset-config.yaml`, configuration);
      await world.write(
        `mirror/content/${folder}/sequence.yaml`,
        `schema: seqmirror/v1\ndescription: ${folder}\nbase: none\n`,
      );
      await world.mirror(folder, { refresh: true, now: () => new Date() });
    }
    await aSite(world, 'bravo', 2);
    await world.write(
      'mirror/sites/bravo/site.yaml',
      'schema: seqmirror/v1\nname: bravo\nregistry: registry.bravo.example/mirror\n',
    );
    const exported = () =>
      exportResources({ location: world.location, dryRun: true, signal: new AbortController().signal });
    const before = await exported();
    expect(before.withoutSignature).toEqual([]);
    await pruned(world);
    expect(await stored(world)).toEqual(['seq2-again']);
    expect(await exported()).toEqual(before);
  });
});
