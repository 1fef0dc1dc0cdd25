import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventOf, parseLine } from './log';
import { kindsFromLog, parseMapping } from './mapping';

const recorded = (name: string): string => readFileSync(join(__dirname, 'recorded', name), 'utf8');

describe('parseMapping', () => {
  it('lists the images of a dry run with the kinds from its log', () => {
    const kinds = kindsFromLog();
    for (const line of recorded('dry-run.log').split('\n')) {
      const event = eventOf(parseLine(line));
      if (event !== undefined) kinds.onEvent(event);
    }
    const listed = parseMapping(recorded('mapping.txt'), kinds.kindOf);
    expect(listed.map(({ kind, repository }) => `${kind} ${repository}`)).toMatchInlineSnapshot(`
      [
        "release openshift/release",
        "release openshift/release",
        "release openshift/release",
        "release openshift/release",
        "release openshift/release-images",
        "operator web-terminal/web-terminal-operator",
        "additional ubi9/ubi",
        "operator web-terminal/web-terminal-bundle",
        "operator redhat/redhat-operator-index",
      ]
    `);
    expect(listed[6]).toEqual({
      kind: 'additional',
      source: 'registry.redhat.io/ubi9/ubi:9.5',
      repository: 'ubi9/ubi',
      tag: '9.5',
    });
  });

  it('gives an image of two kinds both', () => {
    const kinds = kindsFromLog();
    for (const kind of ['operator', 'additional'] as const) {
      kinds.onEvent({ event: 'collecting', kind });
      kinds.onEvent({ event: 'destination', reference: 'localhost:40123/a/b:1' });
    }
    const line = 'docker://registry.example/a/b:1=docker://localhost:40123/a/b:1\n';
    expect(parseMapping(line.repeat(2), kinds.kindOf).map(({ kind }) => kind)).toEqual(['operator', 'additional']);
  });

  it('takes the graph image, which the log does not mention, for a part of the release', () => {
    const line =
      'docker://localhost:40123/openshift/graph-image:latest=docker://localhost:40123/openshift/graph-image:latest';
    expect(parseMapping(line, () => undefined)).toEqual([
      { kind: 'release', source: 'openshift/graph-image:latest', repository: 'openshift/graph-image', tag: 'latest' },
    ]);
  });

  it('ignores lines that are not a pair', () => {
    expect(parseMapping('\nnonsense\ndocker://a/b:1=oci:///somewhere\n', () => undefined)).toEqual([]);
  });
});
