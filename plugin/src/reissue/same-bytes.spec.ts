import fc from 'fast-check';
import { anImage } from '../../../testing/images/image';
import { startLab } from '../../../testing/lab/lab';
import { archiveOf, lose, loseFrames, reissued } from '../../../testing/worlds/reissuing';
import { aWorld } from '../../../testing/worlds/world';

const layer = fc.constantFrom('base', 'runtime', 'app', 'data').map((name) => ({ name, bytes: 5_000 + name.length }));
const architectures = fc.constantFrom('amd64', ['amd64'], ['amd64', 'arm64', 's390x']);
const image = fc.record({
  layers: fc.array(layer, { minLength: 1, maxLength: 4 }),
  architectures,
  format: fc.constantFrom('oci' as const, 'docker' as const),
  nested: fc.boolean(),
  signed: fc.boolean(),
  attested: fc.boolean(),
});

describe('an archive of the embedded engine, composed from the inventories,', () => {
  it('is the sealed one, byte for byte, for any images', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(image, { minLength: 2, maxLength: 4 }), async (specs) => {
        const references = specs.map((_, index) => `quay.io/acme/${index % 2 === 0 ? 'even' : 'odd'}:${index}`);
        const images = specs.map((spec, index) =>
          anImage(references[index] as string, {
            ...spec,
            // Only indexes are nested.
            architectures: spec.nested && spec.architectures === 'amd64' ? ['amd64'] : spec.architectures,
          }),
        );
        const upstream = await startLab({ images });
        const world = await aWorld(upstream);
        try {
          const folders = ['seq1-baseline', 'seq2-more'];
          await world.sequence('seq1-baseline', references.slice(0, 1));
          await world.sequence('seq2-more', references);
          for (const folder of folders) await world.seal(folder);
          await loseFrames(world);
          for (const folder of folders) {
            const original = await archiveOf(world, folder);
            await lose(world, folder);
            const { plan, packaging } = await reissued(world, folder);
            expect(plan.recipes).toMatchObject([{ how: 'composed', asSealed: true }]);
            expect(packaging).toBe('as sealed');
            expect((await archiveOf(world, folder)).equals(original)).toBe(true);
          }
        } finally {
          await world.remove();
          await upstream.stop();
        }
      }),
      { numRuns: 8 },
    );
  });
});
