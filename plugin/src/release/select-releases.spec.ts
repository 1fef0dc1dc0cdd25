import type { GraphQuery, ReleaseRequest } from './select-releases';
import { selectReleases } from './select-releases';
import { readUpdateGraph } from './update-graph';

/** Channels by name, or by `architecture/name`: versions, each with updates to those that are named after it. */
function graphs(channels: Record<string, Record<string, string[]>>) {
  return async ({ architecture, channel, type }: GraphQuery) => {
    const releases =
      channels[`${type}/${channel}`] ?? channels[`${architecture}/${channel}`] ?? channels[channel] ?? {};
    const versions = Object.keys(releases);
    const nodes = versions.map((version) => ({ version, payload: `quay.io/ocp@${architecture}-${version}` }));
    const edges = versions.flatMap((version, from) =>
      (releases[version] ?? []).map((next) => [from, versions.indexOf(next)]),
    );
    return readUpdateGraph(Buffer.from(JSON.stringify({ nodes, edges })), { from: channel });
  };
}

async function select(request: ReleaseRequest, channels: Record<string, Record<string, string[]>>) {
  const { releases, problems, notes } = await selectReleases(request, graphs(channels));
  return { releases: releases.map(({ version, architecture }) => `${version} ${architecture}`), problems, notes };
}

const of418 = { '4.17.5': ['4.18.1', '4.18.2'], '4.18.1': ['4.18.2'], '4.18.2': [] };
const of419 = { '4.18.2': ['4.19.1'], '4.19.1': ['4.19.2'], '4.19.2': [] };

describe('selectReleases', () => {
  it('takes the newest release of a channel, for amd64', async () => {
    const selected = await select({ channels: [{ name: 'stable-4.18' }] }, { 'stable-4.18': of418 });
    expect(selected).toEqual({ releases: ['4.18.2 amd64'], problems: [], notes: [] });
  });

  it('takes all releases up to maxVersion, including those of the minor version before', async () => {
    const selected = await select(
      { channels: [{ name: 'stable-4.18', maxVersion: '4.18.1' }] },
      { 'stable-4.18': of418 },
    );
    expect(selected.releases).toEqual(['4.17.5 amd64', '4.18.1 amd64']);
  });

  it('takes for further architectures the releases that the first one has', async () => {
    const channels = { 'amd64/stable-4.18': of418, 'arm64/stable-4.18': { ...of418, '4.18.3': [] } };
    const selected = await select({ channels: [{ name: 'stable-4.18' }], architectures: ['amd64', 'arm64'] }, channels);
    expect(selected.releases).toEqual(['4.18.2 amd64', '4.18.2 arm64']);
  });

  it('reports if a further architecture does not have them', async () => {
    const channels = { 'amd64/stable-4.18': of418, 'arm64/stable-4.18': { '4.18.1': [] } };
    const { releases, notes } = await select(
      { channels: [{ name: 'stable-4.18' }], architectures: ['amd64', 'arm64'] },
      channels,
    );
    expect(releases).toEqual(['4.18.2 amd64']);
    expect(notes).toEqual([
      { kind: 'range empty', channel: 'stable-4.18', architecture: 'arm64', lower: '4.18.2', upper: '4.18.2' },
    ]);
  });

  it('asks for payloads of all architectures if platforms are chosen', async () => {
    const platforms = [{ os: 'linux', architecture: 'arm64' }];
    const { releases } = await select({ channels: [{ name: 'stable-4.18' }], platforms }, { 'stable-4.18': of418 });
    expect(releases).toEqual(['4.18.2 multi']);
  });

  it('adds the releases between channels', async () => {
    const selected = await select(
      {
        channels: [
          { name: 'stable-4.17', minVersion: '4.17.5', maxVersion: '4.17.5' },
          { name: 'stable-4.19', minVersion: '4.19.2', maxVersion: '4.19.2' },
        ],
      },
      { 'stable-4.17': { '4.17.5': [] }, 'stable-4.18': of418, 'stable-4.19': of419 },
    );
    expect(selected).toEqual({
      releases: ['4.17.5 amd64', '4.18.2 amd64', '4.19.1 amd64', '4.19.2 amd64'],
      problems: [],
      notes: [],
    });
  });

  it('selects both ends, and says so, if the next channel does not know the release before it', async () => {
    const selected = await select(
      { channels: [{ name: 'stable-4.18' }, { name: 'stable-4.19' }] },
      { 'stable-4.18': of418, 'stable-4.19': { '4.19.2': [] } },
    );
    expect(selected).toEqual({
      releases: ['4.18.2 amd64', '4.19.2 amd64'],
      problems: [],
      notes: [{ kind: 'no way', version: '4.18.2', channel: 'stable-4.19' }],
    });
  });

  it('asks for no channel above the last one if the way would lead down', async () => {
    const asked: string[] = [];
    const { problems } = await selectReleases(
      {
        channels: [
          { name: 'stable-4.18', minVersion: '4.18.1', maxVersion: '4.19.2' },
          { name: 'stable-4.19', minVersion: '4.17.5', maxVersion: '4.19.1' },
        ],
      },
      (query) => {
        asked.push(query.channel);
        return graphs({ 'stable-4.18': of418, 'stable-4.19': of419 })(query);
      },
    );
    expect(problems).toEqual([{ kind: 'way leads down', from: 'stable-4.19', to: 'stable-4.18' }]);
    expect([...new Set(asked)]).toEqual(['stable-4.18', 'stable-4.19']);
  });

  it('ignores releases of OKD on the way between channels', async () => {
    const { releases, problems } = await select(
      { channels: [{ name: 'stable-4.18' }, { name: '4-stable', type: 'okd' }] },
      { 'stable-4.18': of418, 'okd/4-stable': { '4.15.0-okd-scos.1': [] } },
    );
    expect(releases).toEqual(['4.15.0-okd-scos.1 amd64', '4.18.2 amd64']);
    expect(problems).toEqual([]);
  });

  it('warns of an EUS channel over two minor versions', async () => {
    const { notes } = await select(
      { channels: [{ name: 'eus-4.18', minVersion: '4.16.1', maxVersion: '4.18.2' }] },
      { 'eus-4.18': of418 },
    );
    expect(notes).toEqual([{ kind: 'eus' }]);
  });

  it('reports everything that is wrong before it gives up', async () => {
    const { problems } = await select(
      {
        channels: [
          { name: 'stable-4.1' },
          { name: 'stable-4.18', minVersion: '4.18.1', maxVersion: '4.18.9', shortestPath: true },
          { name: 'stable-4.19', minVersion: '4.19' },
        ],
      },
      { 'stable-4.18': of418, 'stable-4.19': of419 },
    );
    expect(problems).toEqual([
      { kind: 'channel empty', channel: 'stable-4.1', architecture: 'amd64' },
      { kind: 'release absent', channel: 'stable-4.18', version: '4.18.9' },
      { kind: 'version unreadable', channel: 'stable-4.19', version: '4.19' },
    ]);
  });
});
