import type { Position } from '../system/errors';
import { explain, finding, warning } from '../system/errors';
import { printable } from '../system/printable';
import type { SelectionNote, SelectionProblem } from './selection-problem';

/** SEQ0248: a list of a release's components is expected, but it is something else. */
export const unreadableImageReferences = explain<{ file: string; why: string }>('SEQ0248', ({ file, why }) => ({
  what: `${printable(file)} is not the list of a release's images`,
  why,
  next: 'Take the archive from another copy, or make it again',
}));

/** SEQ0420: the answer of the update service, or a file with such an answer, is not an update graph. */
export const updateGraphUnreadable = explain<{ from: string; why: string }>('SEQ0420', ({ from, why }) => ({
  what: `${printable(from)} is not an update graph`,
  why,
  next: 'Check that UPDATE_URL_OVERRIDE is the address of an update service, and that no proxy or login page answers in its place',
}));

/** SEQ0421: a variable has a value that cannot be used. The value may hold a password, so it is not shown. */
export const variableUnusable = explain<{ variable: string; problem: string; why: string; next: string }>(
  'SEQ0421',
  ({ variable, problem, why, next }) => ({ what: `${variable} ${problem}`, why, next }),
);

/** SEQ0422: the configuration asks for something that the update graphs lack. */
export const selectionFinding = finding<{ problem: SelectionProblem; at?: Position | undefined }>(
  'SEQ0422',
  ({ problem, at }) => {
    switch (problem.kind) {
      case 'channel empty':
        return {
          at,
          what: `The update service has no releases of channel ${printable(problem.channel)} for ${printable(problem.architecture)}`,
          why: 'It answers the same for a channel that does not exist',
          next: 'Write the channel as https://access.redhat.com/labs/ocpupgradegraph/update_channel shows it, for example stable-4.19',
        };
      case 'release absent':
        return {
          at,
          what: `Release ${printable(problem.version)} is not in channel ${printable(problem.channel)}`,
          why: 'Releases come into stable and eus channels days or weeks after fast and candidate, and some never do',
          next: 'Name a release that the channel has, or a channel that has the release',
        };
      case 'version unreadable':
        return {
          at,
          what: `"${printable(problem.version)}" of channel ${printable(problem.channel)} is not a release`,
          why: 'Releases are looked up by all three numbers',
          next: 'Write all three numbers, as 4.19.2',
        };
      case 'channel not counted':
        return {
          at,
          what: `No way between channels can be found that leads through ${printable(problem.channel)}`,
          why: 'The way goes from one minor version to the next, and the name does not end in one, as stable-4.19 does',
          next: 'Keep this channel in a mirror of its own',
        };
      case 'way leads down':
        return {
          at,
          what: `No way leads from channel ${printable(problem.from)} up to ${printable(problem.to)}`,
          why: 'The lowest release is asked for in the one, the highest in the other, and updates go up by minor versions only',
          next: 'Ask for lower releases in the earlier channel, or keep the channels in mirrors of their own',
        };
      case 'no payload':
        return {
          at,
          what: `The update graph names no payload for release ${printable(problem.version)}`,
          why: 'Without it nobody knows which image the release is',
          next: 'Narrow the range with minVersion and maxVersion, or ask whoever runs the update service',
        };
      case 'nothing selected':
        return {
          at,
          what: 'No release is in any of the ranges that the configuration asks for',
          why: 'minVersion and maxVersion exclude all releases of their channels',
          next: 'Compare them with the releases of the channel: https://access.redhat.com/labs/ocpupgradegraph/update_channel',
        };
    }
  },
);

/** SEQ0423: something in a selection of releases that deserves a look. */
export const selectionWarning = warning<{ note: SelectionNote; at?: Position | undefined }>(
  'SEQ0423',
  ({ note, at }) => {
    switch (note.kind) {
      case 'eus':
        return {
          at,
          what: 'An EUS channel is asked for over two minor versions or more',
          why: 'The way between EUS releases leads through releases of the version between them, which are in other channels',
          next: 'Compare with https://access.redhat.com/labs/ocpupgradegraph/update_path, and name what is missing',
        };
      case 'no way':
        return {
          at,
          what: `The graph has no update from ${printable(note.version)} towards channel ${printable(note.channel)}`,
          why: 'The next channel does not have this release, so clusters cannot go on from it; the newest release is mirrored all the same',
          next: 'Name releases on the way with minVersion and maxVersion of each channel',
        };
      case 'range empty':
        return {
          at,
          what: `Channel ${printable(note.channel)} has no release from ${printable(note.lower)} to ${printable(note.upper)} for ${printable(note.architecture)}`,
          why: 'Other entries have releases, so the rest is mirrored without it',
          next: 'Compare the range with the releases of the channel',
        };
    }
  },
);

/** SEQ0424: an image should be a release, but lacks what releases have. */
export const payloadUnreadable = explain<{ image: string; what: string; why: string; cause?: unknown }>(
  'SEQ0424',
  ({ image, what, why, cause }) => ({
    what: `${printable(image)} ${what}`,
    why,
    next: 'Is it the payload of a release, as `oc adm release info` reads it? The update graph or platform.release names it',
    cause,
  }),
);

/** SEQ0425: a payload has no signature that counts. No byte of it is mirrored. */
export const releaseUnsigned = explain<{
  payload: string;
  store: string;
  /** What was wrong with each signature. */
  refused: readonly string[];
  keys: string;
}>('SEQ0425', ({ payload, store, refused, keys }) => ({
  what:
    refused.length === 0
      ? `${printable(payload)} has no signature`
      : `${printable(payload)} has no signature that counts`,
  why:
    refused.length === 0
      ? `${printable(store)} has none for its digest, so nobody knows whether it is a release, or was put in its place`
      : `A signature counts when it is by ${printable(keys)}, and its message names this digest`,
  next:
    refused.length === 0
      ? 'For a nightly or CI build, or OKD: OCP_SIGNATURE_URL names another store, OCP_SIGNATURE_VERIFICATION_PK the key of those who sign there'
      : 'If somebody else signs these releases, OCP_SIGNATURE_VERIFICATION_PK names the file with their public key; else ask whoever runs the store',
  details: refused,
}));
