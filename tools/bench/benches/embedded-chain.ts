/** A chain of five steps by the embedded engine: the documented four as additional images, and a week later. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentedSteps } from '../../../testing/images/catalogue';
import { imageSetOf } from '../../../testing/images/image-set';
import { moveTag, startLab } from '../../../testing/lab/lab';
import type { BenchSetting, Row } from '../benchmark';
import { measured } from '../measured';
import { callProduct } from '../product';

// About 300 MB in all. Real sets are larger, and the headers, whose number is the same, weigh less in them.
const catalogueScale = 1 / 80;
const linkFileBytes = 71;

interface Sealed {
  readonly archives: readonly string[];
}

interface Proven {
  readonly blobBytes: number;
  readonly links: number;
}

interface Listed {
  readonly archiveBytes: number;
  readonly completeArchivesBytes: number;
}

export async function embeddedChain({ bench, product, scale, say }: BenchSetting): Promise<Row[]> {
  const sizes = catalogueScale * scale;
  const steps = documentedSteps(sizes);
  const lab = await startLab({ scale: sizes, folder: join(bench.folder, 'chain-lab') });
  bench.atEnd(lab.stop);
  const root = join(bench.folder, 'embedded-chain');
  const location = { workspaceRoot: root, mirrorRoot: 'mirror' };
  const where = { cwd: bench.folder, signal: bench.signal };
  const settings = {
    schema: 'seqmirror/v1',
    id: 'bench',
    engine: 'embedded',
    dataDir: `${root}-data`,
    ci: 'allow',
    registries: { registriesConf: lab.registriesConf },
  };
  await mkdir(join(root, 'mirror'), { recursive: true });
  await writeFile(join(root, 'mirror', 'seqmirror.yaml'), JSON.stringify(settings));

  let references: string[] = [];
  let bound = 0;
  for (const [index, { name, adds }] of [...steps, { name: 'a-week-later', adds: [] }].entries()) {
    say(`embedded engine, step ${index + 1}: ${name}`);
    references = [...references, ...adds.map(({ reference }) => reference)];
    if (name === 'a-week-later') {
      // Every fifth image gets a new layer of its own on its former base.
      const images = steps.flatMap((step) => step.adds).filter((_, at) => at % 5 === 0);
      for (const image of images) {
        const layers = image.layers.map((layer, at) =>
          at === image.layers.length - 1 ? { ...layer, name: `${layer.name}, a week later` } : layer,
        );
        moveTag(lab, image.reference, { ...image, layers });
      }
    }
    const folder = `seq${index + 1}-${name}`;
    const path = join(root, 'mirror', 'content', folder);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'imageset-config.yaml'), imageSetOf(references));
    const request = { ...location, folder, refresh: true };
    const { result: sealed } = await callProduct<Sealed>(product, 'mirrorSequence', request, where);
    const paths = sealed.archives.map((archive) => join(path, archive));
    const { result: proven } = await callProduct<Proven>(
      product,
      'verifyArchives',
      { paths, hash: 'blobs and files' },
      where,
    );
    bound += proven.blobBytes + proven.links * linkFileBytes;
  }
  const { result } = await callProduct<Listed>(product, 'listSequences', location, where);
  const { archiveBytes, completeArchivesBytes } = result;
  const complete = 'as complete archives, computed';
  return [
    {
      what: 'carried, embedded engine',
      ours: measured('bytes', [archiveBytes]),
      theirs: { name: complete, value: measured('bytes', [completeArchivesBytes]) },
    },
    {
      what: 'carried / bound, embedded engine',
      ours: measured('factor', [archiveBytes / bound]),
      theirs: { name: complete, value: measured('factor', [completeArchivesBytes / bound]) },
      bar: { of: 'ours', atMost: 1.03 },
    },
  ];
}
