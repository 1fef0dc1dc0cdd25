/** All errors in imageset configurations. Rules of oc-mirror: internal/pkg/config/validate.go. */
import type { Position } from '../system/errors';
import { finding, warning } from '../system/errors';
import { printable } from '../system/printable';
import { shown } from './credentials';

interface Where {
  readonly at: Position;
}

const line = ({ line: number }: Position): string => `line ${number ?? 1}`;

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
  why: 'oc-mirror refuses the whole file for one unknown key',
  next:
    meant !== undefined
      ? `Did you mean \`${meant}\`?`
      : place !== undefined
        ? `Its place is \`${place}\``
        : `Its keys are ${known.join(', ')}`,
}));

export const keyOfVersion1 = finding<Where & { key: string; next: string; fileSays: VersionWritten | undefined }>(
  'SEQ0105',
  ({ at, key, next, fileSays }) => ({
    at,
    what: `\`${key}\` is a key of oc-mirror v1; v2 does not have it`,
    why:
      fileSays === undefined
        ? 'oc-mirror v2 refuses the whole file for it'
        : `oc-mirror v2 refuses the whole file for it. The file says that it is for v1: ${line(fileSays.at)} has apiVersion ${shown(fileSays.apiVersion)}`,
    next,
  }),
);

/** The apiVersion of a file, if it is one of oc-mirror v1. */
export interface VersionWritten extends Where {
  readonly apiVersion: string;
}

export const apiVersionOfVersion1 = finding<VersionWritten>('SEQ0106', ({ at, apiVersion }) => ({
  at,
  what: `\`apiVersion\` is ${shown(apiVersion)}, that of oc-mirror v1`,
  why: 'Keys were dropped and renamed in v2, whose apiVersion is mirror.openshift.io/v2alpha1',
  next: 'Write `apiVersion: mirror.openshift.io/v2alpha1`, and change the keys that are named here',
}));

export const apiVersionOther = warning<Where & { apiVersion: string | undefined }>('SEQ0106', ({ at, apiVersion }) => ({
  at,
  what: apiVersion === undefined ? 'There is no `apiVersion`' : `\`apiVersion\` is ${shown(apiVersion)}`,
  why: 'oc-mirror v2 reads the file as mirror.openshift.io/v2alpha1 whatever it says; other tools and people go by it',
  next: 'Write `apiVersion: mirror.openshift.io/v2alpha1`',
}));

export const kindOther = finding<Where & { kind: unknown }>('SEQ0107', ({ at, kind }) => {
  const isDelete = kind === 'DeleteImageSetConfiguration';
  return {
    at,
    what:
      kind === undefined
        ? 'There is no `kind`'
        : `\`kind\` is ${typeof kind === 'string' ? shown(kind) : 'not a text'}, not \`ImageSetConfiguration\``,
    ...(isDelete
      ? { why: 'A sequence mirrors images; a DeleteImageSetConfiguration deletes them from a registry' }
      : {}),
    next: isDelete ? 'Give the imageset configuration instead' : 'Write `kind: ImageSetConfiguration`',
  };
});

export const deleteBesideMirror = finding<Where>('SEQ0107', ({ at }) => ({
  at,
  what: '`delete` is not a key of an imageset configuration',
  why: 'What is to be deleted from a registry has a file of its own, of kind DeleteImageSetConfiguration',
  next: 'Move it there',
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
    what: `${partOfTheFile} must be ${expected}; this is ${read}`,
    next: quote ? `Put it in quotes: "${printable(written)}"` : `Write ${expected}`,
  };
});

export const controlCharacter = finding<Where & { text: string }>('SEQ0108', ({ at, text }) => ({
  at,
  what: `${shown(text)} has a control character in it`,
  next: 'Delete it; editors show it as a strange sign, or not at all',
}));

export const mirrorsNothing = finding<Where>('SEQ0116', ({ at }) => ({
  at,
  what: 'Nothing is asked for under `mirror`',
  why: 'oc-mirror ends with an error when there are no images to copy',
  next: 'Add platform, operators, additionalImages or helm',
}));

export const credentialsInUrl = finding<Where>('SEQ0102', ({ at }) => ({
  at,
  what: 'This value carries a user name or a password (not shown)',
  why: 'The file is kept in Git and travels to every site',
  next: "Remove them, run `podman login` for the host, and change the password if this was committed: Git's history keeps it",
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
  what: `${what} is already in ${line(first)}`,
  why,
  next: 'Remove one, or put the two together',
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
    ? 'oc-mirror looks releases up by all three numbers and ends in an error, or a crash'
    : 'oc-mirror refuses the file',
  next: release ? 'Write all three numbers, as 4.19.2' : 'Write it as 6.2.1',
}));

export const rangesMixed = finding<Where & { name: string }>('SEQ0111', ({ at, name }) => ({
  at,
  what: `Package ${shown(name)} has a minVersion or maxVersion, and so has this channel of it`,
  why: 'oc-mirror allows one of the two and refuses the file',
  next: 'Keep those of the channels',
}));

export const platformsAndArchitectures = finding<Where>('SEQ0112', ({ at }) => ({
  at,
  what: '`platforms` and `architectures` are both given',
  why: 'oc-mirror 4.23 and later refuse the file; earlier ones do not know `platforms`',
  next: 'Keep `architectures` for whole payloads, `platforms` for parts of the multi payload',
}));

export const patternUnreadable = finding<
  Where & {
    pattern: string;
    problem: string;
  }
>('SEQ0113', ({ at, pattern, problem }) => ({
  at,
  what: `${shown(pattern)} is not a regular expression of Go: ${problem}`,
  why: 'oc-mirror 4.23 and later refuse the file; 4.19 to 4.22 silently block nothing with it',
  next: 'Go has no look-around and no back references: https://pkg.go.dev/regexp/syntax',
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
  why: 'oc-mirror refuses it',
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
  next: 'Write it as registry.example/team/app:1.0, or with @sha256:… in place of the tag',
}));

export const referenceWithoutVersion = finding<
  Where & {
    text: string;
    why: string;
  }
>('SEQ0115', ({ at, text, why }) => ({
  at,
  what: `${shown(text)} has neither tag nor digest`,
  why,
  next: 'Add a tag, or better a digest',
}));

export const rangeInFull = finding<Where & { name: string }>('SEQ0111', ({ at, name }) => ({
  at,
  what: `The catalog is asked for with \`full: true\`, and package ${shown(name)} has a minVersion or maxVersion`,
  why: 'oc-mirror ends with "Full: true cannot be mixed with versionRange" when it filters the catalog',
  next: 'Remove `full: true`: a range brings all versions in it anyway',
}));

export const urlUnusable = finding<Where & { url: string }>('SEQ0115', ({ at, url }) => ({
  at,
  what: `${shown(url)} is not the address of a helm repository`,
  why: 'oc-mirror reads repositories over http and https only; charts in registries (oci://) are not supported',
  next: 'For a chart in a registry, pull it and name its file under `local`',
}));
