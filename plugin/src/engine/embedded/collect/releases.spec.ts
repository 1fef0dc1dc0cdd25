import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKey } from 'openpgp';
import { layerOf } from '../../../../../testing/lab/openshift/image';
import { signatureMessage } from '../../../../../testing/lab/openshift/release';
import type { SigningKey } from '../../../../../testing/lab/openshift/signing-key';
import { makeSigningKey } from '../../../../../testing/lab/openshift/signing-key';
import type { UpdateService } from '../../../../../testing/lab/openshift/update-service';
import { startUpdateService } from '../../../../../testing/lab/openshift/update-service';
import type { Digest } from '../../../oci/digest';
import type { MirrorRequest } from '../../engine';
import type { Pushed, Source } from '../source.fixture';
import { createSource, parsed } from '../source.fixture';
import type { CollectedContent } from './collect';
import { collect } from './collect';

const folder = mkdtempSync(join(tmpdir(), 'seqmirror-releases-'));
const payloads = 'openshift-release-dev/ocp-release';
const components = 'openshift-release-dev/ocp-v4.0-art-dev';
let key: SigningKey;
let source: Source;
let updates: UpdateService;

beforeAll(async () => {
  key = await makeSigningKey();
  writeFileSync(join(folder, 'key.asc'), key.publicKey);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  source = await createSource();
  updates = await startUpdateService();
});
afterEach(async () => {
  await updates.close();
  await source.close();
});

type Files = Record<string, string | Buffer>;

/** An image with the content of a payload; its own layer is above one of programs. */
function payload(tag: string | undefined, files: Files): Pushed {
  const layers = [{ 'usr/bin/oc': 'x'.repeat(1000) }, files].map((each) => layerOf(each).content.bytes);
  return source.image(payloads, tag, layers);
}

function references(named: Record<string, string>): Files {
  const tags = Object.entries(named).map(([name, from]) => ({ name, from: { kind: 'DockerImage', name: from } }));
  return { 'release-manifests/image-references': JSON.stringify({ kind: 'ImageStream', spec: { tags } }) };
}

function component(content: string): string {
  return `${source.host}/${components}@${source.image(components, undefined, [content]).digest}`;
}

const signed = (reference: string, digest: string): Promise<Buffer> =>
  key.sign(signatureMessage({ reference, digest }));

async function publish(version: string, { digest }: Pushed, { by = digest }: { by?: Digest } = {}): Promise<string> {
  const name = `${source.host}/${payloads}:${version}-x86_64`;
  const asked = `${source.host}/${payloads}@${digest}`;
  updates.addRelease({ version, payload: asked, digest, signature: await signed(name, by) });
  return name;
}

async function collected(lines: readonly string[], more: Partial<MirrorRequest> = {}): Promise<CollectedContent> {
  const document = parsed(['mirror:', '  platform:', ...lines.map((line) => `    ${line}`)].join('\n'));
  const env = {
    ...source.request(document).env,
    UPDATE_URL_OVERRIDE: updates.graphUrl,
    OCP_SIGNATURE_URL: updates.signatureUrl,
    OCP_SIGNATURE_VERIFICATION_PK: join(folder, 'key.asc'),
  };
  const request = source.request(document, { env, now: () => new Date(), ...more });
  return source.withSources(request, (sources) => collect(document, sources));
}

const channel = ['channels:', '  - name: stable-4.19'];
const shown = ({ images }: CollectedContent) =>
  images.map(({ name, repository, tag }) => `${name} ${repository}:${tag}`);
const namesOf = ({ files }: CollectedContent) => files.map(({ name }) => name).sort();

describe('collectReleases', () => {
  it("asks for the components of a channel's newest release and for its payload, under oc-mirror's names", async () => {
    const [etcd, console] = [component('etcd'), component('console')];
    await publish('4.19.1', payload(undefined, references({ etcd })));
    const newest = payload('4.19.2-x86_64', references({ etcd, console }));
    const name = await publish('4.19.2', newest);
    const content = await collected(channel);
    expect(shown(content)).toEqual([
      `${etcd} openshift/release:4.19.2-x86_64-etcd`,
      `${console} openshift/release:4.19.2-x86_64-console`,
      `${name} openshift/release-images:4.19.2-x86_64`,
    ]);
    const fingerprint = (await readKey({ armoredKey: key.publicKey })).getFingerprint().toUpperCase();
    expect(content.releaseKeys).toEqual([fingerprint]);
    expect(content.images.map(({ kind }) => kind)).toEqual(['release', 'release', 'release']);
    expect(content.images.at(-1)?.reference).toEqual({
      host: source.host,
      repository: payloads,
      digest: newest.digest,
    });
    expect(namesOf(content)).toEqual([
      'working-dir/hold-release/cincinnati-graph-data/amd64-stable-4.19.json',
      'working-dir/hold-release/ocp-release/4.19.2-x86_64/release-manifests/image-references',
      `working-dir/signatures/4.19.2-x86_64-sha256-${newest.digest.slice('sha256:'.length)}`,
    ]);
  });

  it('reads only the last layer of a payload', async () => {
    const pushed = payload(undefined, {
      ...references({ etcd: component('etcd') }),
      'release-manifests/release-metadata': '{"kind":"cincinnati-metadata-v0","version":"4.19.2"}',
    });
    await publish('4.19.2', pushed);
    await collected(channel);
    expect(source.requests.filter((line) => line.includes('/blobs/'))).toHaveLength(1);
  });

  it('takes one release by its tag, whatever channels have, and by the name that was signed', async () => {
    const pushed = payload('mine', references({ etcd: component('etcd') }));
    const name = await publish('4.20.0-ec.1', pushed);
    const content = await collected([`release: ${source.host}/${payloads}:mine`]);
    expect(shown(content).at(-1)).toBe(`${name} openshift/release-images:4.20.0-ec.1-x86_64`);
    expect(namesOf(content).filter((file) => file.includes('graph-data'))).toEqual([]);
  });

  it('reads the amd64 payload of several architectures, and asks for the index', async () => {
    const etcd = component('etcd');
    const [arm, amd] = ['arm', 'amd'].map((each) => payload(undefined, { ...references({ etcd }), [each]: each }));
    const platform = (pushed: Pushed | undefined, architecture: string): Pushed => {
      const { digest, descriptor } = pushed as Pushed;
      return { digest, descriptor: { ...descriptor, platform: { os: 'linux', architecture } } };
    };
    const index = source.index(payloads, undefined, [platform(arm, 'arm64'), platform(amd, 'amd64')]);
    await publish('4.19.2', index);
    const content = await collected([...channel, 'architectures: [multi]']);
    expect(content.images.at(-1)?.reference.digest).toBe(index.digest);
    expect(source.requests).toContain(`GET /v2/${payloads}/manifests/${amd?.digest}`);
  });

  it('adds the image for virtual machines if it is asked for, and the file that names it', async () => {
    const vm = component('kubevirt');
    const stream = JSON.stringify({ architectures: { x86_64: { images: { kubevirt: { 'digest-ref': vm } } } } });
    const file = 'release-manifests/0000_50_installer_coreos-bootimages.yaml';
    const files = { ...references({ etcd: component('etcd') }), [file]: `data:\n  stream: '${stream}'\n` };
    await publish('4.19.2', payload(undefined, files));
    const content = await collected([...channel, 'kubeVirtContainer: true']);
    expect(shown(content)).toContain(`${vm} openshift/release:4.19.2-x86_64-kube-virt-container`);
    expect(namesOf(content)).toContain(`working-dir/hold-release/ocp-release/4.19.2-x86_64/${file}`);
    expect(shown(await collected(channel)).join()).not.toContain('kube-virt');
  });

  it('builds the image with the update graph if it is asked for, on the base that registries.conf leads to', async () => {
    await publish('4.19.2', payload(undefined, references({ etcd: component('etcd') })));
    const base = source.image('ubi9/ubi', 'latest', ['base']);
    const conf = join(folder, 'registries.conf');
    writeFileSync(
      conf,
      `[[registry]]\nlocation = "registry.access.redhat.com"\n[[registry.mirror]]\nlocation = "${source.host}"\ninsecure = true\n`,
    );
    const hosts = { [source.host]: { insecure: true } };
    const { made } = await collected(['graph: true', ...channel], { registries: { hosts, registriesConf: conf } });
    expect(made).toMatchObject([
      { kind: 'release', source: 'openshift/graph-image:latest', repository: 'openshift/graph-image', tag: 'latest' },
    ]);
    const again = await collected(['graph: true', ...channel], { registries: { hosts, registriesConf: conf } });
    expect(again.made[0]?.root.digest).toBe(made[0]?.root.digest);
    const [image] = made[0]?.root.children ?? [];
    expect(image?.parts).toHaveLength(3);
    expect(source.requests).toContain(`GET /v2/ubi9/ubi/manifests/latest`);
    expect(source.requests.filter((line) => line.includes(base.digest))).toEqual([]);
  });

  it('says which channel lacks a release, and where the configuration asks for it', async () => {
    await publish('4.19.2', payload(undefined, references({})));
    const lines = [...channel, '    minVersion: 4.19.2', '    maxVersion: 4.19.9', '    shortestPath: true'];
    await expect(collected(lines)).rejects.toMatchObject({
      code: 'SEQ0422',
      what: 'Release 4.19.9 is not in channel stable-4.19',
      at: { file: 'imageset-config.yaml', line: 6 },
    });
  });

  it('reads nothing of a payload whose signature is for another one', async () => {
    const other = source.image(payloads, undefined, ['other']);
    await publish('4.19.2', payload(undefined, references({})), { by: other.digest });
    await expect(collected(channel)).rejects.toMatchObject({
      code: 'SEQ0425',
      details: [expect.stringContaining(`for another image, ${other.digest}`)],
    });
    expect(source.requests).toEqual([]);
  });

  it('does not use its own keys if another is named', async () => {
    await publish('4.19.2', payload(undefined, references({})));
    const env = { UPDATE_URL_OVERRIDE: updates.graphUrl, OCP_SIGNATURE_URL: updates.signatureUrl };
    await expect(collected(channel, { env })).rejects.toMatchObject({ code: 'SEQ0425' });
  });

  it.each([
    { name: 'a component whose name leads elsewhere', named: { '../../x': 'quay.io/a@sha256:aa' } },
    { name: 'a component whose name oc-mirror takes for its own folder', named: { 'working-dir': 'quay.io/a:1' } },
    { name: 'a component without an image', named: { etcd: 'etcd' } },
    { name: 'a component that is a file', named: { etcd: 'oci:///etc/passwd' } },
  ])('refuses $name', async ({ named }) => {
    await publish('4.19.2', payload(undefined, references(named as unknown as Record<string, string>)));
    await expect(collected(channel)).rejects.toThrow('SEQ0424');
  });

  it('refuses a graph that names a payload by tag, which nobody can sign', async () => {
    const pushed = payload('4.19.2-x86_64', references({}));
    const signature = await signed('x', pushed.digest);
    updates.addRelease({
      version: '4.19.2',
      payload: `${source.host}/${payloads}:4.19.2`,
      digest: pushed.digest,
      signature,
    });
    await expect(collected(channel)).rejects.toThrow('SEQ0424');
  });
});
