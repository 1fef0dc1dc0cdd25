import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { imageSetOf } from '../../testing/images/image-set';
import { describeWithSmallDisk, smallDisk, type SmallDisk } from '../../testing/lab/small-disk';
import { planSequence } from '../harness/image-set';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { endProcess, lockHolder } from '../kill/killed-run';
import { badInputWorkspace, seq3, tool, ubi, web, type BadInputWorkspace } from './workspace.fixture';

jest.setTimeout(5 * 60_000);

const config = `mirror/content/${seq3}/imageset-config.yaml`;
const good = imageSetOf([ubi, tool, web]);

describe('what a person gets wrong, and what the world does', () => {
  let bad: BadInputWorkspace;
  let workspace: Workspace;

  beforeAll(async () => {
    bad = await badInputWorkspace();
    ({ workspace } = bad);
  });
  afterAll(async () => {
    await bad?.stop();
    await removeWorkspaces();
  });
  beforeEach(() => workspace.write(config, good));
  afterEach(() => bad.restore());

  describe('an imageset configuration', () => {
    const channels = [
      'kind: ImageSetConfiguration',
      'apiVersion: mirror.openshift.io/v2alpha1',
      'mirror:',
      '  platform:',
    ];
    const cases = [
      { name: 'that is no YAML', text: 'mirror: [\n', says: 'SEQ0103 FILE:2:1: ' },
      {
        name: 'with an unknown field',
        text: good.replace('additionalImages', 'aditionalImages'),
        says: 'SEQ0101 FILE:4:3: `aditionalImages` is not a key of `mirror`',
      },
      {
        name: 'of oc-mirror v1',
        text: good.replace('v2alpha1\n', 'v1alpha2\nstorageConfig:\n  local:\n    path: ./metadata\n'),
        says: 'SEQ0105 FILE:3:1: `storageConfig` is a key of oc-mirror v1',
      },
      {
        name: 'with a channel twice',
        text: [...channels, '    channels:', '      - name: stable-4.19', '      - name: stable-4.19', ''].join('\n'),
        says: 'SEQ0109 FILE:7:15: Release channel `stable-4.19` is already in line 6',
      },
    ];

    it.each(cases)('$name is refused by mirror:seq3, with file and line', async ({ text, says }) => {
      await workspace.write(config, text);
      expect(await bad.refused(['run', 'mirror:seq3'])).toContain(says.replace('FILE', config));
    });

    it('with a channel twice is refused by the generator too', async () => {
      const { text, says } = cases.at(-1) as (typeof cases)[number];
      await workspace.write('isc.yaml', text);
      const output = await bad.refused(['g', 'seqmirror:sequence', 'add-more', '--from=isc.yaml']);
      expect(output).toContain(says.replace('FILE', 'isc.yaml'));
    });
  });

  describe('a registry', () => {
    it('that cannot be reached is named', async () => {
      await planSequence(workspace, seq3, [ubi, '127.0.0.1:1/acme/web:3.0']);
      const output = await bad.refusedAlone();
      expect(output).toContain('SEQ0503 The request to 127.0.0.1:1 for 127.0.0.1:1/acme/web:3.0 failed');
    });

    it('that wants credentials says where they were looked for', async () => {
      bad.upstream.fault({ match: { path: /acme\/web/ }, action: { status: 401, challenge: 'Basic realm="lab"' } });
      const output = await bad.refusedAlone();
      expect(output).toContain(`SEQ0501 ${bad.upstream.host} requires credentials for ${web}`);
      expect(output).toContain(`podman login ${bad.upstream.host}`);
    });

    it('that does not have the tag', async () => {
      await planSequence(workspace, seq3, [ubi, 'quay.io/acme/web:9.9']);
      const output = await bad.refusedAlone();
      expect(output).toContain(`SEQ0506 quay.io/acme/web:9.9 does not exist on ${bad.upstream.host} (HTTP 404)`);
    });

    it('that sends other content than the digest says', async () => {
      bad.upstream.fault({ match: { path: /acme\/web\/blobs/ }, action: { wrongByteAt: 100 } });
      expect(await bad.refusedAlone()).toMatch(/SEQ0508 quay\.io\/acme\/web blob sha256:[0-9a-f]{64} from /);
      bad.upstream.registry.faults.clear();
      // Nothing of the wrong content stays.
      await workspace.nxWorks('run', 'mirror:seq3');
    });
  });

  describe('a chain', () => {
    it('whose sealed sequence has an edited configuration', async () => {
      const edited = 'mirror/content/seq2-add-tool/imageset-config.yaml';
      await workspace.write(edited, imageSetOf([ubi, web]));
      const output = await bad.refused(['run', 'mirror:seq2']);
      expect(output).toContain(
        `SEQ0201 ${edited}: seq2-add-tool is sealed, but the content of its imageset-config.yaml was changed`,
      );
      expect(output).toContain('nx g seqmirror:sequence <name>');
      expect(output).toContain('nx run mirror-seq2:void');
      expect(await bad.refused(['run', 'mirror:seq3'])).toContain('SEQ0201');
    });

    it('with a gap in its numbers', async () => {
      await workspace.remove(`mirror/content/${seq3}`);
      await planSequence(workspace, 'seq4-add-web', [ubi, tool, web]);
      expect(await bad.refused(['run', 'mirror:seq4'])).toContain(
        'SEQ0204 seq4-add-web cannot be mirrored: mirror/content has no folder seq3-…',
      );
    });

    it('with two folders of one number', async () => {
      await planSequence(workspace, 'seq3-add-tempo', [ubi, web]);
      for (const [task, folder] of [
        ['mirror:seq3', 'seq3-add-tempo'],
        ['mirror:seq3-add-web', 'seq3-add-web'],
      ] as const) {
        const output = await bad.refused(['run', task]);
        expect(output).toContain('SEQ0202 Two folders have the number 3');
        expect(output).toContain(`nx run mirror:renumber --folder=${folder}`);
      }
    });

    it('whose archives are not on this machine goes on', async () => {
      await bad.withoutArchives(async () => {
        await workspace.nxWorks('run', 'mirror:seq3');
        const metadata = await workspace.read(`mirror/content/${seq3}/seq-metadata.yaml`);
        expect(metadata).toContain('content_type: differential');
        expect(metadata).toMatch(/dependencies:\s+- seq1\s+- seq2\s/);
      });
    });
  });

  it('a second run leaves the first alone, and nobody has to open the lock of one that was killed', async () => {
    bad.upstream.journal.clear();
    bad.upstream.fault({ match: { path: /\/blobs\// }, action: { bytesPerSecond: 30_000 } });
    const { root: cwd, env } = workspace;
    const nx = join(cwd, 'node_modules/.bin/nx');
    const first = spawn(nx, ['run', 'mirror:seq3'], { cwd, env, detached: true, stdio: 'ignore' });
    const ended = once(first, 'exit');
    while (bad.upstream.journal.blobsSent().size === 0) await setTimeout(20);

    const holder = await lockHolder(workspace);
    const says = `SEQ0203 mirror is locked by process ${holder} on `;
    expect(await bad.refused(['run', 'mirror:seq3'])).toContain(says);
    expect(await bad.refused(['run', 'mirror:unlock'])).toContain(says);
    expect((await workspace.nxWorks('run', 'mirror:list')).output).toMatch(/^ +3 +add-web +mirroring /m);

    process.kill(-(first.pid as number), 'SIGKILL');
    await ended;
    await endProcess(holder as number);
    expect(await lockHolder(workspace)).toBe(holder);
    bad.upstream.registry.faults.clear();
    const { output } = await workspace.nxWorks('run', 'mirror:seq3');
    expect(output.replace(/\s+/g, ' ')).toMatch(/The run ".*seq3-add-web.*" of .* ended without releasing its lock/);
    expect(await lockHolder(workspace)).toBeUndefined();
  });

  describeWithSmallDisk('a disk', () => {
    const megabyte = 1024 * 1024;

    const disks: SmallDisk[] = [];
    const diskOf = (bytes: number) => {
      const disk = smallDisk(bytes);
      disks.push(disk);
      return { disk, env: { SEQMIRROR_DATA_DIR: disk.folder } };
    };
    afterEach(() => disks.splice(0).forEach((disk) => disk.remove()));

    it('that is too small is refused before anything is fetched', async () => {
      const { env } = diskOf(16 * megabyte);
      bad.upstream.journal.clear();
      const output = await bad.refusedAlone(env);
      expect(output).toMatch(/SEQ0701 \S+ \wiB are needed in .*; 16\.0 MiB are free\n.*Nothing was written/);
      expect(bad.upstream.journal.blobsSent().size).toBe(0);
    });

    it('that becomes full keeps what was fetched, and the next run goes on from there', async () => {
      const { disk, env } = diskOf(72 * megabyte);
      bad.upstream.journal.clear();
      bad.upstream.fault({ match: { path: /\/blobs\// }, action: { bytesPerSecond: 1_000_000 } });
      const refused = bad.refusedAlone(env);
      while (bad.upstream.journal.blobsSent().size === 0) await setTimeout(20);
      disk.fill();
      expect(await refused).toMatch(/SEQ0701 The disk under .*seq3-add-web\/engine became full \(ENOSPC\)/);

      disk.free();
      bad.upstream.registry.faults.clear();
      expect(await bad.mirrorAlone(env)).toMatchObject({ code: 0 });
    });
  });
});
