import type { Position } from '../system/errors';
import { explain, finding, warning } from '../system/errors';
import { printable } from '../system/printable';
import type { SelectionNote, SelectionProblem } from './selection-problem';

/** SEQ0248: a list of a release's components is expected, but it is something else. */
export const unreadableImageReferences = explain<{ file: string; why: string }>('SEQ0248', ({ file, why }) => ({
  what: `${printable(file)} is not a list of the images of a release`,
  why,
  next: 'Use another copy of the archive, or make the archive again',
}));

/** SEQ0420: the answer of the update service, or a file with such an answer, is not an update graph. */
export const updateGraphUnreadable = explain<{ from: string; why: string }>('SEQ0420', ({ from, why }) => ({
  what: `${printable(from)} is not an update graph`,
  why,
  next: 'Check that UPDATE_URL_OVERRIDE is the URL of an update service, and that no proxy or login page answers in its place',
}));

/** SEQ0421: a variable has a value that cannot be used. The value may hold a password, so it is not shown. */
export const variableUnusable = explain<{ variable: string; what: string; why: string; next: string }>(
  'SEQ0421',
  ({ variable, what, why, next }) => ({ what: `The value of ${variable} cannot be used: it ${what}`, why, next }),
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
          why: 'The channel has no releases, or it does not exist. The update service gives the same answer in both cases',
          next: 'Correct the name of the channel: https://access.redhat.com/labs/ocpupgradegraph/update_channel lists all channels, for example stable-4.19',
        };
      case 'release absent':
        return {
          at,
          what: `Release ${printable(problem.version)} is not in channel ${printable(problem.channel)}`,
          why: 'Red Hat adds a release to the stable and eus channels days or weeks after the fast and candidate channels, or never',
          next: 'Write a release that this channel contains, or a channel that contains this release',
        };
      case 'version unreadable':
        return {
          at,
          what: `"${printable(problem.version)}" of channel ${printable(problem.channel)} is not a release`,
          why: 'seqmirror needs all three numbers to find a release',
          next: 'Write all three numbers, for example 4.19.2',
        };
      case 'channel not counted':
        return {
          at,
          what: `seqmirror cannot find the upgrade path between the channels, because of channel ${printable(problem.channel)}`,
          why: 'An upgrade path goes from one minor version to the next. The name of this channel does not end in a minor version, as stable-4.19 does',
          next: 'Move this channel to another mirror',
        };
      case 'way leads down':
        return {
          at,
          what: `There is no upgrade path from channel ${printable(problem.from)} to channel ${printable(problem.to)}`,
          why: `The lowest selected release is in ${printable(problem.from)}, the highest in ${printable(problem.to)}. Updates lead only to a higher minor version of the same major version`,
          next: 'Set minVersion and maxVersion so that the earlier channel has the lowest release, or move one channel to another mirror',
        };
      case 'no payload':
        return {
          at,
          what: `The update graph names no payload for release ${printable(problem.version)}`,
          why: 'Without the payload, seqmirror does not know which image the release is',
          next: 'Set minVersion and maxVersion so that they exclude this release, or ask the administrator of the update service to add its payload',
        };
      case 'nothing selected':
        return {
          at,
          what: 'The version ranges in the imageset configuration contain no release',
          why: 'minVersion and maxVersion exclude all releases of their channels',
          next: 'Compare minVersion and maxVersion with the releases of the channel: https://access.redhat.com/labs/ocpupgradegraph/update_channel',
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
          what: 'The selected releases of an EUS channel span at least two minor versions',
          why: 'An upgrade path between EUS releases goes through the minor version between these EUS releases, and the releases of this minor version are in other channels',
          next: 'Look up the upgrade path at https://access.redhat.com/labs/ocpupgradegraph/update_path, and add the missing releases',
        };
      case 'no way':
        return {
          at,
          what: `The update graph has no update from ${printable(note.version)} to channel ${printable(note.channel)}`,
          why: 'The channel of the next minor version does not contain this release, so clusters cannot update from this release. seqmirror still mirrors the newest release',
          next: 'Set minVersion and maxVersion of each channel to releases on the upgrade path',
        };
      case 'range empty':
        return {
          at,
          what: `Channel ${printable(note.channel)} has no release from ${printable(note.lower)} to ${printable(note.upper)} for ${printable(note.architecture)}`,
          why: 'seqmirror mirrors only the releases that the configuration selects from other channels',
          next: 'Compare minVersion and maxVersion with the releases of the channel',
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
    next: 'Run `oc adm release info <image>` to see whether the image is a release payload. If the image is not a release payload, correct platform.release or UPDATE_URL_OVERRIDE',
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
    refused.length === 0 ? `${printable(payload)} has no signature` : `${printable(payload)} has no valid signature`,
  why:
    refused.length === 0
      ? `${printable(store)} has no signature for the digest of this image, so seqmirror cannot prove that it is a release`
      : `A valid signature is made with ${printable(keys)} and names the digest of this image`,
  next:
    refused.length === 0
      ? 'For OKD, a nightly or a CI build, set OCP_SIGNATURE_URL to the URL of its signature store, and OCP_SIGNATURE_VERIFICATION_PK to the file with its public key'
      : 'If Red Hat does not sign these releases, set OCP_SIGNATURE_VERIFICATION_PK to the file with the public key of the signer. If Red Hat signs these releases, ask the administrator of the signature store to add the signatures of Red Hat',
  details: refused,
}));
