import { parseImageSet, requireRecordedImageSet } from '../../plugin/src/imageset/document';
import { requireSettings } from '../../plugin/src/mirror/settings';
import { parseManifest } from '../../plugin/src/oci/manifest';
import { parseReference } from '../../plugin/src/oci/reference';
import { parseRegistriesConf } from '../../plugin/src/registry/registries-conf';
import { parseChainLock } from '../../plugin/src/sequence/chain-lock';
import { parseCustody, renderCustody } from '../../plugin/src/sequence/custody';
import { parseSequenceIntent } from '../../plugin/src/sequence/intent';
import { decodeInventory } from '../../plugin/src/sequence/inventory';
import { parseSequenceMetadata } from '../../plugin/src/sequence/metadata';
import { parseSha256Sums } from '../../plugin/src/sequence/sha256-sums';
import type { Explanation } from '../../plugin/src/system/errors';
import type { Dice } from '../../testing/lab/random';
import { aChain } from '../../testing/worlds/chain';
import { refusedOr } from './archive-subjects';
import { damaged, nastyText, nastyTexts } from './nasty';
import { hostileJson, hostileJsonLines } from './nasty-json';
import { hostileYaml } from './nasty-yaml';
import type { Subject } from './subject';
import { textSubject } from './subject';

const chain = aChain({ seed: 7 })
  .baseline('baseline', { adds: 3 })
  .differential('logging', { adds: 2, updates: 1, removes: 1 })
  .build();
const fileOf = (name: string): string => chain.files[`seq2-logging/${name}`] ?? '';

const custody = renderCustody({
  schema: 'seqmirror/v1',
  state: 'held',
  copies: [{ where: 'store', verified: '2026-11-23' }, { where: 'tape LT-0042' }],
  note: 'moved',
} as Parameters<typeof renderCustody>[0]);

const settings = `schema: seqmirror/v1
id: mirror
engine: auto
dataDir: ../data
ocMirror: { binary: oc-mirror, imageTimeout: 600 }
retries: 3
registries:
  authFile: auth.json
  hosts:
    registry.example: { caFile: ca.pem }
ci: allow
`;

const imageset = `apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
archiveSize: 4
mirror:
  platform:
    channels: [{ name: stable-4.19, minVersion: 4.19.2, maxVersion: 4.19.2, type: ocp }]
    graph: true
  operators:
    - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.19
      packages: [{ name: web-terminal, channels: [{ name: fast, minVersion: 1.2.3 }] }]
  additionalImages: [{ name: registry.redhat.io/ubi9/ubi:9.5, targetRepo: a/b }]
  blockedImages: [{ name: 'quay.io/(a|b)*:[0-9]+' }]
  helm:
    repositories: [{ name: a, url: https://charts.example/, charts: [{ name: b, version: 1.0.0 }] }]
`;

const registriesConf = `unqualified-search-registries = ["registry.example"]
[[registry]]
prefix = "*.redhat.io"
location = "mirror.example:5000/redhat"
insecure = false
[[registry.mirror]]
location = "other.example"
pull-from-mirror = "digest-only"
`;

const manifests = [...chain.contents.values()].map(String).filter((text) => text.startsWith('{"schemaVersion"'));

export function recordSubjects(): Subject[] {
  return [
    yaml('seq-metadata.yaml', fileOf('seq-metadata.yaml'), refusing(parseSequenceMetadata)),
    yaml('sequence.yaml', fileOf('sequence.yaml'), (text, file) => parseSequenceIntent(text, file).findings),
    yaml('custody.yaml', custody, refusing(parseCustody)),
    yaml('seqmirror.yaml', settings, refusing(requireSettings)),
    yaml('imageset-config.yaml', imageset, (text, file) => parseImageSet(text, file).findings),
    yaml('imageset-config.pinned.yaml', fileOf('imageset-config.pinned.yaml'), refusing(requireRecordedImageSet)),
    textSubject(
      'seq-inventory.jsonl',
      (dice) => hostileJsonLines(dice, fileOf('seq-inventory.jsonl')),
      (text) => refusing(decodeInventory)(text, 'seq-inventory.jsonl'),
    ),
    lines('chain.lock', `${chain.files['chain.lock']}`, (text, file) => parseChainLock(text, file).findings),
    lines('SHA256SUMS', fileOf('SHA256SUMS').repeat(1), refusing(parseSha256Sums)),
    textSubject(
      'a manifest',
      (dice) => hostileJson(dice, dice.pick(manifests)),
      (text) => refusing((content) => parseManifest(Buffer.from(content), undefined))(text, ''),
    ),
    textSubject(
      'registries.conf',
      (dice) => damaged(registriesConf, dice, tomlPieces),
      (text) => refusing(parseRegistriesConf)(text, 'registries.conf'),
    ),
    textSubject(
      'the name of an image',
      (dice) => damaged(dice.pick(references), dice, nastyTexts),
      (text) => refusing(parseReference)(text, ''),
    ),
  ];
}

function yaml(
  file: string,
  good: string,
  read: (text: string, file: string) => readonly Explanation[] | Promise<readonly Explanation[]>,
): Subject {
  return textSubject(
    file,
    (dice) => hostileYaml(dice, good),
    (text) => read(text, file),
  );
}

const lockPieces = [
  '<<<<<<< HEAD\n',
  '|||||||\n',
  '=======\n',
  '>>>>>>> x\n',
  ' void',
  '0 ',
  '\\',
  '\\n',
  ' *',
  'SHA256 (a) = ',
  '#',
  '../',
  '/',
  '\r',
  '\u0000',
  '\u202e',
];

function lines(
  file: string,
  good: string,
  read: (text: string, file: string) => readonly Explanation[] | Promise<readonly Explanation[]>,
): Subject {
  const hostile = (dice: Dice): string =>
    dice.once(10) ? nastyText(dice).repeat(1 + dice.number(100)) : damaged(good, dice, lockPieces);
  return textSubject(file, hostile, (text) => read(text, file));
}

const references = [
  'registry.redhat.io/ubi9/ubi:9.5',
  'quay.io/a/b@sha256:' + 'a'.repeat(64),
  'localhost:5000/a:b',
  'oci:///path',
  '[::1]:5000/a:b',
];
const tomlPieces = [
  '[[',
  ']]',
  '[',
  ']',
  '"""',
  "'",
  '=',
  '\n',
  '{',
  '}',
  '\\u0000',
  '"__proto__"',
  'a.b.c.d = 1\n',
  '[['.repeat(2000),
  'a = [' + '['.repeat(3000),
  'x = 1e999\n',
  '\u001b',
  '\u202e',
];

function refusing(
  read: (text: string, file: string) => unknown,
): (text: string, file: string) => Promise<Explanation[]> {
  return async (text, file) => {
    const result = await refusedOr(async () => ({ value: read(text, file) }));
    return 'thrown' in result ? [result.thrown] : [];
  };
}
