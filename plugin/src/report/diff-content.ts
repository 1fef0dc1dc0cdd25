/** The content of a difference for people. */
import type { ChainDiff } from '../chain/diff/diff';
import { formatBytes } from '../system/byte-size';
import { printable } from '../system/printable';
import type { Content, Fact, Line } from './content';
import { changesTable, cutLines, moveInWords, sharedBytesFact } from './content';

export function diffContent(diff: ChainDiff): Content {
  const { changes, images, config, clusterResources } = diff;
  return {
    title: titleOf(diff),
    made: madeInWords(diff),
    ...changesTable(changes),
    facts: [
      { name: 'What is counted', lines: [{ text: whatIsCounted }] },
      ...sharedBytesFact(changes),
      ...factOf('Releases', [
        ...quotedLines('added', diff.releases.added),
        ...quotedLines('dropped', diff.releases.dropped),
      ]),
      ...factOf('Operators', operatorLines(diff)),
      ...factOf('Images by source', [
        ...quotedLines('added', images.added),
        ...quotedLines('updated', images.updated),
        ...quotedLines('removed', images.removed),
      ]),
      ...factOf(
        'Cluster resources',
        clusterResources.map(({ file, change }) => ({ text: change, quoted: printable(file) })),
      ),
      ...(config === '' ? [{ name: 'Configuration', lines: [{ text: 'unchanged' }] }] : []),
    ],
    patch:
      config === ''
        ? undefined
        : config
            .trimEnd()
            .split('\n')
            .map((line) => printable(line))
            .join('\n'),
  };
}

/** The table counts by destination; the list names sources, of which one may have several tags. */
const whatIsCounted =
  'an image is one repository and tag in the destination registry; a source may have several of these';

function titleOf({ site, from, to }: ChainDiff): string {
  const before = from?.folder ?? 'nothing';
  if (site === undefined) return `${before} → ${to.folder}`;
  return `${printable(site)}, which has ${before} → ${to.folder}`;
}

function madeInWords({ site, from, changes }: ChainDiff): string {
  const bytes = formatBytes(changes.total.added.bytes);
  if (site !== undefined)
    return `The site lacks ${bytes}, according to the records of the chain. Nothing was downloaded or written`;
  const whom = from === undefined ? 'A new site' : `A site that has seq${from.number}`;
  return `${whom} lacks ${bytes}, according to the records of the chain. Nothing was downloaded or written`;
}

function operatorLines({ operators: { catalogs, channels, unknownIn } }: ChainDiff): Line[] {
  return [
    ...catalogs.map((move) => ({ text: 'catalog', quoted: moveInWords(move) })),
    ...channels.moved.map(({ package: name, channel, from, to }) => ({
      text: 'head',
      quoted: printable(`${name} (${channel}) ${from} → ${to}`),
    })),
    ...(['added', 'dropped'] as const).flatMap((change) =>
      channels[change].map(({ package: name, channel, version }) => ({
        text: change,
        quoted: printable(`${name} (${channel}) ${version}`),
      })),
    ),
    ...unknownIn.map((folder) => ({
      text: `the records of ${folder} name no channels, since oc-mirror does not report them`,
    })),
  ];
}

function quotedLines(text: string, names: readonly string[]): Line[] {
  return names.map((name) => ({ text, quoted: printable(name.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1')) }));
}

function factOf(name: string, lines: readonly Line[]): Fact[] {
  return lines.length === 0 ? [] : [{ name, lines: cutLines(lines) }];
}
