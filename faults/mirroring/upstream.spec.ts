/**
 * What can be wrong upstream of a run with a release, operators and an image: each is told in words that say what and where,
 * nothing is sealed, and when it is repaired a re-run writes what an undisturbed run writes.
 */
import { catalogReference } from '../../testing/images/documented';
import type { DocumentedLab } from '../../testing/lab/documented-lab';
import { startDocumentedLab } from '../../testing/lab/documented-lab';
import { makeSigningKey } from '../../testing/lab/openshift/signing-key';
import type { World } from '../../testing/worlds/world';
import { aPlannedWorld, contentOf, failureOf, mirrored, shownOf } from './whole-imageset';

jest.setTimeout(120_000);

const payload = 'quay.io/openshift-release-dev/ocp-release';
const related = 'registry.redhat.io/web-terminal/web-terminal-exec-rhel9';
const settings = 'retries: 0\n';

let upstream: DocumentedLab;
let undisturbed: Record<string, string>;

beforeAll(async () => {
  upstream = await startDocumentedLab({ scale: 1 / 65536 });
  const world = await aPlannedWorld(upstream, { settings });
  await mirrored(world);
  undisturbed = await contentOf(world);
  await world.remove();
});
afterAll(() => upstream?.stop());
afterEach(() => upstream.registry.faults.clear());

type Repair = () => void;

interface Fault {
  readonly name: string;
  readonly begin: () => Promise<Repair> | Repair;
  /** What is printed has each of these. */
  readonly says: readonly string[];
}

async function signed(...signing: Parameters<DocumentedLab['signAgain']>): Promise<Repair> {
  await upstream.signAgain(...signing);
  return () => upstream.signAsAtFirst();
}

function withCatalog(...wrong: Parameters<DocumentedLab['publishCatalog']>): Repair {
  upstream.publishCatalog(...wrong);
  return () => upstream.publishCatalog();
}

const graph = 'the update graph of stable-4.19 for amd64';
const exec = `${related}@sha256:`;

const faults: readonly Fault[] = [
  {
    name: 'the graph server resets every connection',
    begin: () => upstream.updates.fault(/^\/graph$/, 'reset'),
    says: ['SEQ0528', `for ${graph} failed: the connection was reset`, 'UPDATE_URL_OVERRIDE'],
  },
  {
    name: 'the graph server answers HTTP 503',
    begin: () => upstream.updates.fault(/^\/graph$/, { status: 503 }),
    says: ['SEQ0529', `answered HTTP 503 to the request for ${graph}`, 'Run again later'],
  },
  {
    name: 'a login page answers in the place of the graph server',
    begin: () => upstream.updates.fault(/^\/graph$/, { status: 200, body: '<html>log in</html>' }),
    says: ['SEQ0420', `${graph} is not an update graph`, 'no proxy or login page answers'],
  },
  {
    name: 'a release has no signature',
    begin: () => signed({ by: 'nobody' }),
    says: ['SEQ0425', `${payload}@sha256:`, 'has no signature', 'cannot prove that it is a release'],
  },
  {
    name: 'the signature of a release is not a signature',
    begin: () => upstream.updates.fault(/^\/signatures\/.*\/signature-1$/, { status: 200, body: 'a signature' }),
    says: ['SEQ0425', 'has no valid signature', 'signature-1: it is not a signed OpenPGP message'],
  },
  {
    name: 'the signature of a release is of another image',
    begin: () => signed({ digest: `sha256:${'a'.repeat(64)}` }),
    says: ['SEQ0425', 'has no valid signature', `signature-1: it is for another image, sha256:${'a'.repeat(64)}`],
  },
  {
    name: 'a release is signed by another key',
    begin: async () => signed({ by: await makeSigningKey() }),
    says: ['SEQ0425', 'has no valid signature', 'is not trusted', 'OCP_SIGNATURE_VERIFICATION_PK'],
  },
  {
    name: 'the server with the signatures answers HTTP 503',
    begin: () => upstream.updates.fault(/^\/signatures\//, { status: 503 }),
    says: ['SEQ0529', `answered HTTP 503 to the request for the signature of ${payload}@sha256:`],
  },
  {
    name: 'the payload of a release is gone',
    begin: () => upstream.fault({ match: { path: /\/ocp-release\/manifests\// }, action: { status: 404 } }),
    says: ['SEQ0506', `${payload}@sha256:`, 'does not exist'],
  },
  {
    name: 'a component of a release is gone',
    begin: async () => {
      const digest = await upstream.digestOf('quay.io/openshift-release-dev/ocp-v4.0-art-dev:4.19.2-x86_64-etcd');
      return upstream.fault({ match: { path: new RegExp(`/manifests/${digest}$`) }, action: { status: 404 } });
    },
    says: ['SEQ0506', 'ocp-v4.0-art-dev@sha256:', `needed by ${payload}:4.19.2-x86_64`, 'images and keeps them'],
  },
  {
    name: 'a related image of an operator is gone',
    begin: () => upstream.fault({ match: { path: /web-terminal-exec-rhel9\/manifests\// }, action: { status: 404 } }),
    says: ['SEQ0506', exec, `needed by web-terminal.v1.12.1 of ${catalogReference}`, 'to `allowMissing`'],
  },
  {
    name: 'a layer of a related image is gone',
    begin: () => upstream.fault({ match: { path: /web-terminal-exec-rhel9\/blobs\// }, action: { status: 404 } }),
    says: ['SEQ0411', exec, 'is incomplete', `needed by web-terminal.v1.12.1 of ${catalogReference}`],
  },
  {
    name: 'a catalog is gone',
    begin: () => upstream.fault({ match: { path: /redhat-operator-index\/manifests\// }, action: { status: 404 } }),
    says: ['SEQ0506', catalogReference, 'does not exist'],
  },
  {
    name: 'a catalog does not say where its files are',
    begin: () => withCatalog({ labels: {} }),
    says: ['SEQ0431', `${catalogReference} is not a file-based catalog`, 'index.configs.v1'],
  },
  {
    name: 'a channel has two heads',
    begin: () =>
      withCatalog({
        changed: (name, text) => (name === 'web-terminal' ? text.replace(/,"replaces":"[^"]*"/, '') : text),
      }),
    says: [
      'SEQ0432 mirror/content/seq1-baseline/imageset-config.yaml:12:',
      `Channel fast of package web-terminal of ${catalogReference} is broken`,
      'the channel has several heads: web-terminal.v1.11.0, web-terminal.v1.12.1',
    ],
  },
  {
    name: 'the registry answers HTTP 429 for good',
    begin: () => upstream.fault({ match: { path: /^\/v2\// }, action: { status: 429 } }),
    says: [
      'SEQ0509',
      'kept answering HTTP 429',
      'limits how many requests one account or address may send',
      'lower registries.hosts',
    ],
  },
];

it.each(faults)('$name: told, not sealed, and a re-run after its repair is as if nothing had been', async (fault) => {
  const world: World = await aPlannedWorld(upstream, { settings });
  const repair = await fault.begin();
  try {
    const printed = await failureOf(world);
    for (const words of fault.says) expect(printed).toContain(words);
    expect(await shownOf(world)).toEqual([]);
  } finally {
    repair();
  }
  await mirrored(world);
  expect(await contentOf(world)).toEqual(undisturbed);
  await world.remove();
});

it('the registry asks of each kind of request to come back later, and is asked again until all is there', async () => {
  const world = await aPlannedWorld(upstream, { settings: 'retries: 8\n' });
  for (const path of [/redhat-operator-index\//, /ocp-release\//, /ocp-v4.0-art-dev\/(manifests|blobs)\//, /\/blobs\//])
    upstream.fault({ match: { path, first: 2 }, action: { status: 429, retryAfter: 1 } });
  await mirrored(world);
  expect(await contentOf(world)).toEqual(undisturbed);
  await world.remove();
});
