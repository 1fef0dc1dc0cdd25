/** What others left in archives and old folders, and what registries and podman keep. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundlesIn } from '../../plugin/src/catalog/bundles';
import { parseMapping } from '../../plugin/src/engine/oc-mirror/mapping';
import { entryFor, readAuthFile } from '../../plugin/src/registry/auth-file';
import { componentsIn } from '../../plugin/src/release/image-references';
import type { Explanation } from '../../plugin/src/system/errors';
import { refusedOr } from './archive-subjects';
import { damaged, nastyTexts } from './nasty';
import { hostileJson, hostileJsonLines } from './nasty-json';
import type { Place, Reading, Subject } from './subject';
import { textSubject } from './subject';

const catalog = [
  { schema: 'olm.package', name: 'logging', defaultChannel: 'stable' },
  { schema: 'olm.channel', name: 'stable', package: 'logging', entries: [{ name: 'logging.v1' }] },
  {
    schema: 'olm.bundle',
    name: 'logging.v1',
    package: 'logging',
    image: 'registry.example/logging@sha256:0',
    relatedImages: [{ name: 'a', image: 'registry.example/a@sha256:1' }, { image: 'registry.example/b@sha256:2' }],
  },
];

const imageStream = {
  kind: 'ImageStream',
  apiVersion: 'image.openshift.io/v1',
  metadata: { name: '4.19.2', annotations: { a: 'b' } },
  spec: {
    lookupPolicy: { local: false },
    tags: [{ name: 'etcd', from: { kind: 'DockerImage', name: 'quay.io/a@sha256:0' } }],
  },
};

const auth = {
  auths: {
    'registry.example': { auth: Buffer.from('user:password').toString('base64') },
    'https://index.docker.io/v1/': { username: 'a', password: 'b' },
  },
  credHelpers: { 'quay.io': 'secretservice' },
  credsStore: 'pass',
};

const mapping = 'docker://quay.io/a/b:1=docker://localhost:55000/a/b:1\n'.repeat(3);

export function foreignSubjects(): Subject[] {
  return [
    {
      name: 'a catalog',
      hostile: (dice) => {
        const lines = catalog.map((document) => JSON.stringify(document)).join('\n');
        return Buffer.from(
          dice.once(2)
            ? hostileJsonLines(dice, lines)
            : damaged(lines, dice, ['{', '}', '"', '\\', '{}{}', '[', '\u0000']),
        );
      },
      read: catalogRead,
    },
    textSubject(
      'the images of a release',
      (dice) => hostileJson(dice, JSON.stringify(imageStream)),
      async (text) => {
        const components = await refusedOr(() => componentsIn(text, { file: 'image-references' }));
        return 'thrown' in components ? [components.thrown] : [];
      },
    ),
    { name: 'an auth file', hostile: (dice) => Buffer.from(hostileJson(dice, JSON.stringify(auth))), read: authRead },
    textSubject(
      "oc-mirror's mapping",
      (dice) => damaged(mapping, dice, nastyTexts),
      (text) => {
        parseMapping(text, () => undefined);
        return [] as Explanation[];
      },
    ),
  ];
}

async function catalogRead(content: Uint8Array): Promise<Reading> {
  const outcome = await refusedOr(async () => {
    for await (const { name } of bundlesIn([content.subarray(0, 100), content.subarray(100)], { file: 'catalog.json' }))
      void name;
    return {};
  });
  return { findings: 'thrown' in outcome ? [outcome.thrown] : [] };
}

async function authRead(content: Uint8Array, { folder }: Place): Promise<Reading> {
  const path = join(folder, 'auth.json');
  await writeFile(path, content);
  const outcome = await refusedOr(async () => {
    const file = await readAuthFile(path, { required: true });
    if (file !== undefined)
      for (const host of ['registry.example', 'docker.io', '__proto__']) entryFor(file, { host, repository: 'a/b' });
    return {};
  });
  return { findings: 'thrown' in outcome ? [outcome.thrown] : [] };
}
