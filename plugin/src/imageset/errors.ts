/** All errors in imageset configurations. Rules of oc-mirror: internal/pkg/config/validate.go. */
import type { Position } from '../system/errors';
import { finding, warning } from '../system/errors';
import { printable } from '../system/printable';
import { shown } from './credentials';

interface Where {
  readonly at: Position;
}

// --- Shape

export const keyUnknown = finding<
  Where & {
    key: string;
    of: string;
    meant: string | undefined;
    /** Another place where the key is valid: `mirror.operators`. */
    place: string | undefined;
    known: readonly string[];
  }
>('SEQ0101', ({ at, key, of: partOfTheFile, meant, place, known }) => ({
  at,
  what: `${shown(key)} is not a key of ${partOfTheFile}`,
  why: 'oc-mirror refuses the whole file because of one unknown key',
  next:
    meant !== undefined
      ? `If you mean \`${meant}\`, write \`${meant}\``
      : place !== undefined
        ? `Move the key to \`${place}\``
        : `Use one of these keys: ${known.join(', ')}`,
}));

export const keyOfVersion1 = finding<Where & { key: string; next: string; fileSays: VersionWritten | undefined }>(
  'SEQ0105',
  ({ at, key, next, fileSays }) => ({
    at,
    what: `\`${key}\` is a key of oc-mirror v1, which oc-mirror v2 does not have`,
    why:
      fileSays === undefined
        ? 'oc-mirror v2 refuses the whole file because of this key'
        : `oc-mirror v2 refuses the whole file because of this key. The file is for oc-mirror v1: line ${fileSays.at.line ?? 1} has apiVersion ${shown(fileSays.apiVersion)}`,
    next,
  }),
);

/** The apiVersion of a file, if it is one of oc-mirror v1. */
export interface VersionWritten extends Where {
  readonly apiVersion: string;
}

export const apiVersionOfVersion1 = finding<VersionWritten>('SEQ0106', ({ at, apiVersion }) => ({
  at,
  what: `\`apiVersion\` is ${shown(apiVersion)}, which is for oc-mirror v1`,
  why: 'oc-mirror v2 has other keys than v1, and its apiVersion is mirror.openshift.io/v2alpha1',
  next: 'Write `apiVersion: mirror.openshift.io/v2alpha1`, and change the keys that the other errors name',
}));

export const apiVersionOther = warning<Where & { apiVersion: string | undefined }>('SEQ0106', ({ at, apiVersion }) => ({
  at,
  what: apiVersion === undefined ? 'There is no `apiVersion`' : `\`apiVersion\` is ${shown(apiVersion)}`,
  why: 'oc-mirror v2 always reads the file as mirror.openshift.io/v2alpha1, but other tools use the apiVersion',
  next: 'Write `apiVersion: mirror.openshift.io/v2alpha1`',
}));

export const kindOther = finding<Where & { kind: unknown }>('SEQ0107', ({ at, kind }) => {
  const isDelete = kind === 'DeleteImageSetConfiguration';
  return {
    at,
    what:
      kind === undefined
        ? 'There is no `kind`'
        : `\`kind\` is ${typeof kind === 'string' ? shown(kind) : 'not a text'}, but must be \`ImageSetConfiguration\``,
    ...(isDelete
      ? { why: 'A DeleteImageSetConfiguration deletes images from a registry, but a sequence mirrors images' }
      : {}),
    next: isDelete ? 'Use a file of kind ImageSetConfiguration' : 'Write `kind: ImageSetConfiguration`',
  };
});

export const deleteBesideMirror = finding<Where>('SEQ0107', ({ at }) => ({
  at,
  what: '`delete` is not a key of an imageset configuration',
  why: '`delete` is a key of a DeleteImageSetConfiguration, which is a separate file',
  next: 'Move `delete` to a file of kind DeleteImageSetConfiguration',
}));

export const keyMissing = finding<Where & { key: string; of: string }>('SEQ0108', ({ at, key, of: partOfTheFile }) => ({
  at,
  what: `${partOfTheFile} has no \`${key}\``,
  next: `Add \`${key}\``,
}));

export const valueOfOtherType = finding<
  Where & {
    of: string;
    expected: string;
    found: string;
    written?: string | undefined;
  }
>('SEQ0108', ({ at, of: partOfTheFile, expected, found, written }) => {
  const isPlain = written !== undefined && written !== '';
  const quote = isPlain && expected.startsWith('a text');
  const read = isPlain && written !== found ? `${shown(written)}, which YAML reads as ${found}` : found;
  return {
    at,
    what: `${partOfTheFile} must be ${expected}, but is ${read}`,
    next: quote ? `Put the value in quotes: "${printable(written)}"` : `Write ${expected}`,
  };
});

export const controlCharacter = finding<Where & { text: string }>('SEQ0108', ({ at, text }) => ({
  at,
  what: `${shown(text)} contains a control character`,
  next: 'Delete the control character. Editors show this character as a strange sign, or do not show the character',
}));

export const mirrorsNothing = finding<Where>('SEQ0116', ({ at }) => ({
  at,
  what: '`mirror` selects no images',
  why: 'oc-mirror fails if there are no images to copy',
  next: 'Add platform, operators, additionalImages or helm',
}));

export const credentialsInUrl = finding<Where>('SEQ0102', ({ at }) => ({
  at,
  what: 'This value contains a user name or a password (not shown)',
  why: 'Git keeps this file, and every bundle contains this file',
  next: 'Remove the user name and the password, and run `podman login` for the host. If the file was committed, change the password, because Git keeps the history',
}));

// --- Rules

export const entryListedTwice = finding<
  Where & {
    what: string;
    first: Position;
    why: string;
  }
>('SEQ0109', ({ at, what, first, why }) => ({
  at,
  what: `${what} is already in line ${first.line ?? 1}`,
  why,
  next: 'Remove one of the two entries, or merge them',
}));

export const versionUnreadable = finding<
  Where & {
    key: string;
    version: string;
    release: boolean;
  }
>('SEQ0110', ({ at, key, version, release }) => ({
  at,
  what: `\`${key}\` ${shown(version)} is not a ${release ? 'release' : 'semantic version'}`,
  why: release
    ? 'oc-mirror needs all three numbers to find a release. With fewer numbers, oc-mirror fails or crashes'
    : 'oc-mirror refuses the file',
  next: release ? 'Write all three numbers, for example 4.19.2' : 'Write a version such as 6.2.1',
}));

export const rangesMixed = finding<Where & { name: string }>('SEQ0111', ({ at, name }) => ({
  at,
  what: `Package ${shown(name)} and this channel of the package both have a minVersion or maxVersion`,
  why: 'oc-mirror refuses a file that sets a range for a package and for its channel',
  next: 'Remove minVersion and maxVersion of the package, and keep minVersion and maxVersion of the channel',
}));

export const platformsAndArchitectures = finding<Where>('SEQ0112', ({ at }) => ({
  at,
  what: '`platforms` and `architectures` are both set',
  why: 'oc-mirror 4.23 and later refuse the file. Earlier versions do not know `platforms`',
  next: 'Keep `architectures` to mirror whole release payloads, or keep `platforms` to mirror parts of the multi payload',
}));

export const patternUnreadable = finding<
  Where & {
    pattern: string;
    problem: string;
  }
>('SEQ0113', ({ at, pattern, problem }) => ({
  at,
  what: `${shown(pattern)} is not a valid Go regular expression: ${problem}`,
  why: 'oc-mirror 4.23 and later refuse the file. 4.19 to 4.22 ignore the pattern without a message',
  next: 'Write the pattern in the syntax of Go, which has no look-around and no back references: https://pkg.go.dev/regexp/syntax',
}));

export const targetUnusable = finding<
  Where & {
    key: string;
    value: string;
    rule: string;
  }
>('SEQ0114', ({ at, key, value, rule }) => ({
  at,
  what: `\`${key}\` ${shown(value)} cannot be used: ${rule}`,
  why: 'oc-mirror refuses this value',
  next: key === 'targetTag' ? 'Write a tag such as v4.19' : 'Write a path such as platform/catalogs',
}));

export const referenceUnusable = finding<
  Where & {
    text: string;
    problem: string;
  }
>('SEQ0115', ({ at, text, problem }) => ({
  at,
  what: `${shown(text)} cannot be mirrored: ${problem}`,
  next: 'Write the image as registry.example/team/app:1.0, or with @sha256:… in place of the tag',
}));

export const referenceWithoutVersion = finding<
  Where & {
    text: string;
    why: string;
  }
>('SEQ0115', ({ at, text, why }) => ({
  at,
  what: `${shown(text)} has no tag and no digest`,
  why,
  next: 'Add a tag, or better a digest',
}));

export const rangeInFull = finding<Where & { name: string }>('SEQ0111', ({ at, name }) => ({
  at,
  what: `The catalog has \`full: true\`, but package ${shown(name)} has a minVersion or maxVersion`,
  why: 'oc-mirror fails with "Full: true cannot be mixed with versionRange" when it filters the catalog',
  next: 'Remove `full: true`. The range still selects all versions between its bounds',
}));

export const urlUnusable = finding<Where & { url: string }>('SEQ0115', ({ at, url }) => ({
  at,
  what: `${shown(url)} is not the URL of a helm repository`,
  why: 'oc-mirror reads helm repositories only over http and https. oc-mirror does not support charts in registries (oci://)',
  next: 'Write an http or https URL. If the chart is in a registry, run `helm pull` and add the file under `local`',
}));
