import type { Digest } from '../../oci/digest';
import type { RegistriesConf } from '../../registry/registries-conf';
import { parseRegistriesConf } from '../../registry/registries-conf';
import { provenanceOf, tlsIsVerified } from './config-hosts';
import { documentOf } from './document.fixture';

const document = documentOf(`kind: ImageSetConfiguration
mirror:
  platform:
    channels:
      - name: stable-4.19
  additionalImages:
    - name: registry.example/a:1
`);
const nothing: RegistriesConf = { registries: [] };
const conf = (text: string): RegistriesConf => ({ registries: parseRegistriesConf(text, 'registries.conf') });
const mirrorOf = (host: string, insecure: boolean): string =>
  `[[registry]]\nlocation = "${host}"\n[[registry.mirror]]\nlocation = "mirror.example"\ninsecure = ${insecure}\n`;

describe('tlsIsVerified', () => {
  it.each([
    { name: 'by default', hosts: {}, text: '', verified: true },
    {
      name: 'if one host of several is insecure',
      hosts: { 'quay.io': { insecure: true } },
      text: '',
      verified: true,
    },
    {
      name: 'not if every host is declared insecure',
      hosts: { 'quay.io': { insecure: true }, 'registry.example': { insecure: true } },
      text: '',
      verified: false,
    },
    {
      name: 'not if registries.conf leads each to an insecure mirror',
      hosts: {},
      text: mirrorOf('quay.io', true) + mirrorOf('registry.example', true),
      verified: false,
    },
    {
      name: 'if a mirror is secure',
      hosts: {},
      text: mirrorOf('quay.io', true) + mirrorOf('registry.example', false),
      verified: true,
    },
    {
      name: 'not if settings and registries.conf together say so',
      hosts: { 'registry.example': { insecure: true } },
      text: mirrorOf('quay.io', true),
      verified: false,
    },
  ])('$name: $verified', ({ hosts, text, verified }) => {
    expect(tlsIsVerified(document, { hosts }, conf(text))).toBe(verified);
  });

  it('is verified if the configuration names no registry', () => {
    const local = documentOf('kind: ImageSetConfiguration\nmirror:\n  operators:\n    - catalog: oci:///srv/index\n');
    expect(tlsIsVerified(local, {}, nothing)).toBe(true);
  });
});

describe('provenanceOf', () => {
  it('names the substitutions that concern the images, once each', () => {
    const digest = `sha256:${'a'.repeat(64)}` as Digest;
    const images = ['quay.io/a:1', 'quay.io/b:1', 'registry.example/a:1'].map((source) => ({
      kind: 'additional' as const,
      source,
      digest,
      repository: 'a',
      tag: '1',
    }));
    const text = mirrorOf('quay.io', false) + mirrorOf('other.example', false);
    expect(provenanceOf(images, { conf: conf(text), tlsVerified: true })).toEqual({
      tlsVerified: true,
      substitutions: ['quay.io -> mirror.example'],
    });
  });
});
