/** The content of a plan for people. */
import { engineLabel } from '../engine/engine-version';
import type { UpstreamMoves } from '../mirror/changes/changes';
import { isStill } from '../mirror/changes/changes';
import { reserveBytes } from '../mirror/ensure-space';
import type { SequencePlan } from '../mirroring/plan/plan';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { formatDuration } from '../system/duration';
import { printable } from '../system/printable';
import type { Content, Fact, Line } from './content';
import { changesTable, cutLines, moveInWords, sharedBytesFact } from './content';

export function contentOf(plan: SequencePlan): Content {
  const { changes, engine, unanswered, notes } = plan;
  return {
    title: titleOf(plan),
    made: `Engine: ${engineLabel(engine)}; no layer was downloaded and nothing was written`,
    ...changesTable(changes),
    facts: [
      ...sharedBytesFact(changes),
      ...movesInWords(plan),
      { name: 'Archives', lines: [{ text: archivesInWords(plan) }] },
      ...(plan.volumes === undefined ? [] : [{ name: 'Volumes', lines: [volumesInWords(plan.volumes)] }]),
      { name: 'Time', lines: [{ text: timeInWords(plan.time) }] },
      { name: 'Space', lines: [{ text: spaceInWords(plan.space) }] },
      ...(unanswered.length === 0
        ? []
        : [
            {
              name: 'Images that no registry answered for (not counted)',
              lines: cutLines(unanswered.map(({ image, why }) => ({ quoted: printable(`${image}: ${why}`) }))),
            },
          ]),
      ...(notes.length === 0 ? [] : [{ name: 'Notes', lines: notes.map((note) => ({ quoted: printable(note) })) }]),
    ],
    next: nextOf(plan),
  };
}

function titleOf({ folder, isSealed, since }: SequencePlan): string {
  if (since === undefined) return `${folder}: what it would add, as the first sequence of its chain`;
  if (isSealed)
    return `No sequence is planned. Content of ${folder} as it is upstream now, compared with what was sealed ${since.timestamp}`;
  return `${folder}: what it would add, compared with ${since.folder}, sealed ${since.timestamp}`;
}

function movesInWords({ moves, since }: SequencePlan): Fact[] {
  if (moves === undefined || since === undefined) return [];
  const name = `Changed upstream since seq${since.number}`;
  return [{ name, lines: isStill(moves) ? [{ text: 'nothing' }] : cutLines(linesOfMoves(moves)) }];
}

function linesOfMoves({ catalogs, heads, releases, operators, tags }: UpstreamMoves): Line[] {
  const named = (versions: readonly string[]) => versions.map((version) => printable(version)).join(', ');
  return [
    ...catalogs.map((move) => ({ text: 'catalog', quoted: moveInWords(move) })),
    ...heads.map(({ package: name, channel, from, to }) => ({
      text: 'operator',
      quoted: printable(`${name} (${channel}) ${from} → ${to}`),
    })),
    ...(releases.added.length === 0 ? [] : [{ text: 'releases added:', quoted: named(releases.added) }]),
    ...(releases.dropped.length === 0 ? [] : [{ text: 'releases dropped:', quoted: named(releases.dropped) }]),
    ...(operators.length === 0 ? [] : [{ text: 'operator images from', quoted: inFew(operators) }]),
    ...tags.map((move) => ({ text: 'tag', quoted: moveInWords(move) })),
  ];
}

// Bundles and everything that they need are hundreds.
const mostRepositories = 6;

function inFew(repositories: readonly string[]): string {
  const named = repositories.slice(0, mostRepositories).map((repository) => printable(repository));
  const others = repositories.length - named.length;
  return [...named, ...(others === 0 ? [] : [`${others} more`])].join(', ');
}

function archivesInWords({ archives, bytes, isExact }: SequencePlan): string {
  const size = `${counted(archives.length, 'archive')}, ${formatBytes(bytes)}`;
  return isExact ? `${size} (exactly ${bytes} bytes, if nothing changes upstream)` : `about ${size}`;
}

function volumesInWords({ count, media }: NonNullable<SequencePlan['volumes']>): Line {
  return { text: `${counted(count, 'volume')} of`, quoted: printable(media) };
}

function timeInWords(time: SequencePlan['time']): string {
  if (time === undefined) return 'unknown until the first run of 16 MiB or more on this machine';
  const { milliseconds, bytesPerSecond, runs } = time;
  const past = runs === 1 ? 'the last run' : `the last ${runs} runs`;
  return `about ${formatDuration(milliseconds)}, at ${formatBytes(bytesPerSecond)}/s as in ${past} on this machine`;
}

function spaceInWords({ isEnough, neededBytes, freeBytes }: SequencePlan['space']): string {
  const needed = `${formatBytes(neededBytes)} needed in the data directory (including ${formatBytes(reserveBytes)} reserve)`;
  return `${isEnough ? 'enough' : 'NOT ENOUGH'}: ${needed}, ${formatBytes(freeBytes)} free`;
}

function nextOf({ mirror, folder, number, isSealed, isRepetition, moves, changes, unanswered }: SequencePlan): Line {
  if (unanswered.length > 0) return { text: 'plan again when the registries answer' };
  if (isRepetition)
    return {
      text: `edit the imageset-config.yaml of ${folder}, or`,
      quoted: `nx run ${mirror}:seq${number} --refresh`,
    };
  if (!isSealed) return { quoted: `nx run ${mirror}:seq${number}` };
  const isIdle = changes.total.added.bytes === 0 && (moves === undefined || isStill(moves));
  if (isIdle) return { text: 'nothing to do' };
  return {
    quoted: `nx g seqmirror:sequence <name> && nx run ${mirror}:seq${number + 1} --refresh`,
  };
}
