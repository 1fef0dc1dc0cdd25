/** What seq-upload.sh asks the registry after an upload, and what it makes of the answers: a receipt, or none. */
import { createHash } from 'node:crypto';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../testing/images/image';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import type { Program } from '../../testing/lab/requirements';
import { describeWith } from '../../testing/lab/requirements';
import { carryBundle } from '../../testing/worlds/carried';
import type { FarSide } from './far-side.fixture';
import { startFarSide } from './far-side.fixture';
import { shells, where } from './toolbox.fixture';

jest.setTimeout(120_000);

const manifestTypes = { accept: 'application/vnd.oci.image.manifest.v1+json' };

const askers: readonly { readonly asker: string; readonly programs: readonly Program[] }[] = [
  { asker: 'curl', programs: [] },
  { asker: 'skopeo', programs: ['skopeo'] },
];

for (const { asker, programs } of askers) {
  for (const { shell, needs } of shells) {
    describeWith([...needs, ...programs], `seq-upload.sh under ${shell}, with ${asker}`, () => {
      let far: FarSide;
      let registry: Lab;
      let image: Buffer;
      let digest: string;

      beforeEach(async () => {
        far = await startFarSide(shell);
        await symlink(where(asker), join(far.bin, asker)).catch(() => undefined);
        registry = await startLab({
          images: [anImage('ubi9/ubi:9.5'), anImage('ubi9/ubi:9.6', { layers: ['other'] })],
        });
        const answer = await fetch(`${registry.url}/v2/ubi9/ubi/manifests/9.5`, { headers: manifestTypes });
        image = Buffer.from(await answer.arrayBuffer());
        digest = `sha256:${createHash('sha256').update(image).digest('hex')}`;
      });
      afterEach(async () => {
        await registry.stop();
        await far.close();
      });

      const upload = async (images: readonly string[]) => {
        const folder = await carryBundle(join(far.media, 'T0007'), { number: 1, images });
        return far.script(folder, [registry.host, '--again', '--dest-tls-verify=false', '--site=bravo']);
      };
      const receipts = () => readdir(join(far.home, '.seqmirror/platform/receipts')).catch(() => []);
      const tag = async (name: string) => {
        const { status } = await fetch(`${registry.url}/v2/ubi9/ubi/manifests/${name}`, {
          method: 'PUT',
          headers: { 'content-type': manifestTypes.accept },
          body: image,
        });
        expect(status).toBe(201);
      };

      it('writes no receipt when of two tags on one digest one is missing, and one when both are there', async () => {
        const lines = [`ubi9/ubi:9.5@${digest}`, `ubi9/ubi:latest@${digest}`];
        const without = await upload(lines);
        expect(without.stderr).toContain(`${registry.host} does not answer for ubi9/ubi:latest@${digest}`);
        expect(without.stderr).toContain('has 1 of 2 images');
        expect(await receipts()).toEqual([]);

        await tag('latest');
        const whole = await upload(lines);
        expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('Receipt: 2 images verified')]);
        const [name = ''] = await receipts();
        const receipt = await readFile(join(far.home, '.seqmirror/platform/receipts', name), 'utf8');
        const sum = createHash('sha256')
          .update(lines.map((line) => `${line}\n`).join(''))
          .digest('hex');
        expect(receipt).toContain(`\nverified=sha256:${sum}\nimages=2\n`);
      });

      it('writes none when a tag stands for another image', async () => {
        const outcome = await upload([`ubi9/ubi:9.5@${digest}`, `ubi9/ubi:9.6@${digest}`]);
        expect(outcome.stderr).toContain(`does not answer for ubi9/ubi:9.6@${digest}`);
        expect(await receipts()).toEqual([]);
      });

      it('reads the list of an earlier version, which has digests alone', async () => {
        const outcome = await upload([`ubi9/ubi@${digest}`]);
        expect([outcome.code, outcome.stdout]).toEqual([0, expect.stringContaining('Receipt: 1 image verified')]);
      });

      it.each([
        'ubi9/ubi:@DIGEST',
        'ubi9/ubi:a b@DIGEST',
        'ubi9/ubi:-x@DIGEST',
        'ubi9/ubi:$(id)@DIGEST',
        ':9.5@DIGEST',
      ])('takes %s for no image', async (line) => {
        const outcome = await upload([line.replace('DIGEST', digest)]);
        expect(outcome.stderr).toContain('has a line that is not an image');
        expect(await receipts()).toEqual([]);
      });
    });
  }
}
