import { appendFile, chmod, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith } from '../../testing/lab/requirements';
import { carryBundle, carrySequence, names, sealOf, sumUp } from '../../testing/worlds/carried';
import { sha256Of as hexOf } from '../harness/file-tree';
import type { FarSide } from './far-side.fixture';
import { startFarSide } from './far-side.fixture';
import { exists, shells, where } from './toolbox.fixture';

jest.setTimeout(300_000);

const sha256Of = async (file: string) => `sha256:${await hexOf(file)}`;

const registry = 'registry.site:8443/ocp';

for (const { shell, needs } of shells) {
  describeWith(needs, `seq-upload.sh under ${shell}`, () => {
    let far: FarSide;
    beforeEach(async () => {
      far = await startFarSide(shell);
    });
    afterEach(() => far.close());

    const disc = (name: string) => join(far.media, name);

    it('uploads a chain of sequences from their own folders, each once', async () => {
      for (const [number, needed] of [
        [1, []],
        [2, [1]],
        [3, [1, 2]],
      ] as const) {
        const folder = await carrySequence(disc(names[number]), { number, needs: needed });
        const first = await far.script(folder, [registry]);
        expect(first).toMatchObject({ code: 0, stderr: '' });
        expect(first.stdout).toContain(`Done: ${names[number]} is in ${registry}`);
        const second = await far.script(folder, [registry]);
        expect(second).toMatchObject({ code: 0, stderr: '' });
        expect(second.stdout).toMatch(/is in registry\.site:8443\/ocp since .*: nothing to do/);
      }
      const runs = await far.ocMirror.runs();
      const cache = join(far.home, '.seqmirror', 'chain-000000000000', 'cache');
      expect(runs.map(({ args }) => args.filter((arg) => !arg.startsWith('--port=')))).toEqual(
        Array.from({ length: 3 }, () => [
          '--v2',
          '--config=imageset-config.yaml',
          '--from=file://.',
          `--cache-dir=${cache}`,
          '--image-timeout=7200s',
          `docker://${registry}`,
        ]),
      );
      expect(runs[2]?.files).toMatchObject({
        'imageset-config.yaml': '# seq3\nkind: ImageSetConfiguration\n',
        'mirror_000001.tar': 'archive of seq3\n',
      });
      const ledger = await far.site('chain-000000000000', 'ledger');
      expect(ledger.map((line) => line.replace(/ \d{4}-\S+Z /, ' <time> '))).toEqual(
        [1, 2, 3].map((number) => `${sealOf(number)} ${number} ${names[number]} <time> ${registry} oc-mirror`),
      );
      const status = await far.script(disc(names[3]), ['status']);
      expect(status.stdout).toContain("oc-mirror's cache has: seq1 seq2 seq3");
    });

    it('uploads a bundle from a medium that cannot be written', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 3 });
      await chmod(folder, 0o555);
      // Root may write anywhere, so another user it is where there is one.
      const isRoot = process.getuid?.() === 0;
      if (isRoot) {
        await chmod(join(far.media, '..'), 0o755);
        await chmod(far.home, 0o777);
      }
      const prefix = isRoot ? [where('setpriv'), '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
      const outcome = await far.script(folder, ['--black-hole', registry], { prefix });
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      const resources = join(far.home, '.seqmirror/platform/cluster-resources', names[3]);
      expect((await readdir(resources)).length).toBe(4);
      expect(await readdir(folder)).not.toContain('working-dir');
      expect(outcome.stdout.slice(outcome.stdout.indexOf('For the cluster'))).toBe(
        [
          'For the cluster, in this order, from',
          `  ${resources}:`,
          '  oc apply -f signature-configmap.yaml',
          '      release signatures; nothing restarts',
          '  oc apply -f idms-oc-mirror.yaml -f itms-oc-mirror.yaml',
          '      where images come from now. Every machine config pool rolls: nodes are',
          '      drained one by one, and older releases reboot them. Wait:',
          '      oc wait mcp --all --for=condition=Updated --timeout=90m',
          '  oc apply -f cs-redhat-operator-index-v4-99.yaml',
          '      catalogs; the pods of OperatorHub start again, no node does',
          '',
        ].join('\n'),
      );
    });

    it('gives oc-mirror only the environment that it needs', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      const env = {
        REGISTRY_AUTH_FILE: '/run/auth.json',
        REGISTRY_STORAGE: 'x',
        OC_MIRROR_CACHE: '/elsewhere',
        HTTPS_PROXY: 'http://proxy.site:3128',
        SSL_CERT_FILE: '/etc/ca.pem',
      };
      expect(await far.script(folder, [registry, '--black-hole', '--dest-tls-verify=false'], { env })).toMatchObject({
        code: 0,
      });
      expect(await far.script(folder, [registry, '--again', '--authfile', 'my auth.json'], { env })).toMatchObject({
        code: 0,
      });
      const [dark, open] = await far.ocMirror.runs();
      expect(Object.keys(dark?.env ?? {}).filter((name) => /^(REGISTRY_|OC_MIRROR)/.test(name))).toEqual([
        'REGISTRY_HTTP_ADDR',
      ]);
      expect(dark?.env).toMatchObject({
        HTTP_PROXY: 'http://127.0.0.1:1',
        HTTPS_PROXY: 'http://127.0.0.1:1',
        NO_PROXY: 'localhost,127.0.0.1,registry.site',
        CONTAINERS_REGISTRIES_CONF: '/dev/null',
        SSL_CERT_FILE: '/etc/ca.pem',
      });
      expect(dark?.args).toEqual(expect.arrayContaining(['--authfile=/run/auth.json', '--dest-tls-verify=false']));
      expect(open?.env).toMatchObject({ HTTPS_PROXY: 'http://proxy.site:3128' });
      expect(open?.env).not.toHaveProperty('CONTAINERS_REGISTRIES_CONF');
      expect(open?.args).toContain(`--authfile=${join(far.home, '..', 'my auth.json')}`);
    });

    it('has the templates beside the configuration that it names, wherever these lie', async () => {
      const lines = ['./cs.yaml', '"templates/other.yaml"', "'gone.yaml'", '../outside.yaml', '/etc/hostname'].map(
        (path) => `      targetCatalogSourceTemplate: ${path}\n`,
      );
      const files = {
        'imageset-config.yaml': `kind: ImageSetConfiguration\n${lines.join('')}`,
        'cs.yaml': 'kind: CatalogSource\n',
        'templates/other.yaml': 'kind: CatalogSource\n',
      };
      const folder = await carryBundle(disc('T0007'), { number: 1, files });
      const outcome = await far.script(folder, [registry]);
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(outcome.stdout).toContain('gone.yaml of the configuration is missing');
      const [run] = await far.ocMirror.runs();
      expect(run?.files).toMatchObject({ 'cs.yaml': 'kind: CatalogSource\n', templates: '/' });
      expect(Object.keys(run?.files ?? {})).not.toContain('gone.yaml');
    });

    it('changes nothing in a dry run, wherever its option stands', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      const before = await readdir(folder, { recursive: true });
      for (const args of [
        ['--dry-run', registry],
        [registry, '--dry-run'],
      ]) {
        const outcome = await far.script(folder, args);
        expect(outcome).toMatchObject({ code: 0, stderr: '' });
        expect(outcome.stdout).toContain('Dry run complete: nothing was changed.');
        expect(outcome.stdout.replaceAll(/ \\\n +/g, ' ')).toContain(
          '/oc-mirror --v2 --config=imageset-config.yaml --from=file://. --cache-dir=',
        );
      }
      await appendFile(join(folder, 'archives/mirror_000001.tar'), 'x');
      expect(await far.script(folder, ['--dry-run', registry])).toMatchObject({ code: 3 });
      expect(await readdir(folder, { recursive: true })).toEqual(before);
      expect(await readdir(far.home)).toEqual([]);
      expect(await far.ocMirror.runs()).toEqual([]);
    });

    it('uploads nowhere when no registry is named, unless it has used one before, which it names', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      for (const args of [[], ['--dry-run']]) {
        const { code, stderr } = await far.script(folder, args);
        expect([code, stderr]).toEqual([2, expect.stringMatching(/no registry is named[^]*Usage: /)]);
      }
      expect(await far.ocMirror.runs()).toEqual([]);
      await far.script(folder, [registry]);
      const again = await far.script(folder, ['--again']);
      expect([again.code, again.stdout]).toEqual([
        0,
        expect.stringContaining(`Registry: ${registry}, where this site uploaded last`),
      ]);
    });

    it.each([
      { place: 'spaces and quotes', name: `it's a "disc" no. 1` },
      { place: 'what a shell would run', name: '$(touch pwned) `touch pwned` ; touch pwned & $HOME' },
      { place: 'line breaks', name: 'one\ntwo\n' },
      { place: 'a leading dash', name: '-rf' },
      { place: 'wildcards', name: '*[a-z]?' },
      { place: 'a backslash and an escape', name: 'a\\b\u001b[31mred' },
    ])('runs in a folder with $place in its name', async ({ name }) => {
      const description = '"x" $(touch pwned) `touch pwned` \\ * \'y\' --help';
      const bundle = await carryBundle(disc(name), { number: 1, description });
      expect(await far.script(bundle, [registry], { cwd: bundle, as: './seq-upload.sh' })).toMatchObject({ code: 0 });
      const byName = await far.script(bundle, [registry], { cwd: far.media, as: `./${name}/seq-upload.sh` });
      expect(byName.stdout).toContain('nothing to do');
      expect(byName.output).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/); // eslint-disable-line no-control-regex -- what is looked for
      expect(byName.stdout).toContain(description);

      const sequence = await carrySequence(join(disc(name), names[1]), { number: 1, description });
      const site = ['--site-dir', join(far.home, name)];
      const outcome = await far.script(sequence, [registry, ...site]);
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(outcome.stdout).toContain(description);
      const [run] = (await far.ocMirror.runs()).slice(-1);
      expect(run?.args).toContain(`--cache-dir=${join(far.home, name, 'cache')}`);
      expect(run?.files).toMatchObject({ 'mirror_000001.tar': 'archive of seq1\n' });
      const everything = [...(await readdir(far.media, { recursive: true })), ...(await readdir(far.home))];
      expect(everything.filter((path) => path.endsWith('pwned'))).toEqual([]);
    });

    it('prints no control characters of records that were tampered with', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      const env = (await readFile(join(folder, 'bundle.env'), 'utf8')).replace(
        'sites=bravo',
        'sites=\u001b]0;title\u0007\u001b[2J\u202egnirts\u009b31m\r',
      );
      await writeFile(join(folder, 'bundle.env'), env);
      const { output } = await far.script(folder, ['check']);
      expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/); // eslint-disable-line no-control-regex -- what is looked for
    });

    it('names the sequence that is missing, where it lies, and three ways on', async () => {
      await carrySequence(disc(names[1]), { number: 1 });
      const folder = await carrySequence(disc(names[2]), { number: 2, needs: [1] });
      const outcome = await far.script(folder, [registry]);
      expect(outcome.code).toBe(5);
      const site = join(far.home, '.seqmirror/chain-000000000000');
      expect(outcome.stderr.replaceAll(site, '<site>')).toBe(
        [
          "Stopped: seq2-add-logging cannot be uploaded yet: it needs seq1, which this side does not have in oc-mirror's cache (<site>/cache)",
          '  Why:   its archives leave out blobs of these sequences; the upload would stop with "manifest unknown"',
          '  Next:  one of these:',
          '         1. first upload seq1 from its medium: ../seq1-baseline/seq-upload.sh; ./seq-upload.sh status shows the sequences of this site',
          '         2. ask the sender for a bundle that needs no earlier sequence: nx run mirror-seq2:bundle --fresh',
          '         3. if you have uploaded it without this script: run the same command with --assume-base',
          '  More:  ./seq-upload.sh explain 5',
          '',
        ].join('\n'),
      );
      expect(await far.ocMirror.runs()).toEqual([]);
      expect(await far.script(folder, [registry, '--assume-base'])).toMatchObject({ code: 0 });
    });

    it('names what carried the sequence that a bundle needs', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 3, needs: [2] });
      const outcome = await far.script(folder, [registry]);
      expect(outcome.code).toBe(5);
      expect(outcome.stderr).toContain('it needs seq2-add-logging (carried by T0002)');
    });

    it('takes one of two sequences where a bundle for several sites needs either', async () => {
      const folder = await carryBundle(disc('T0009'), { number: 3, either: [[1, 2]] });
      const early = await far.script(folder, [registry]);
      expect(early.code).toBe(5);
      expect(early.stderr).toContain('it needs seq1-baseline or seq2-add-logging, which');
      expect(await far.script(await carryBundle(disc('T0007'), { number: 2 }), [registry])).toMatchObject({ code: 0 });
      expect(await far.script(folder, [registry])).toMatchObject({ code: 0, stderr: '' });
    });

    it('takes what a cumulative bundle holds for there', async () => {
      await far.script(await carryBundle(disc('T0007'), { number: 3, holds: [1, 2] }), [registry]);
      const next = await carryBundle(disc('T0008'), { number: 4, bundle: 'T0008', needs: [2] });
      expect(await far.script(next, [registry])).toMatchObject({ code: 0, stderr: '' });
    });

    it('asks for what was in a cache that is gone, though the registry has it', async () => {
      await far.script(await carryBundle(disc('T0007'), { number: 1 }), [registry]);
      await rm(join(far.home, '.seqmirror/platform/cache'), { recursive: true });
      const outcome = await far.script(await carryBundle(disc('T0008'), { number: 2, needs: [1] }), [registry]);
      expect(outcome.code).toBe(5);
      expect(outcome.stderr).toContain('has seq1-baseline, but oc-mirror copies blobs from its cache');
      expect(await far.script(disc('T0007'), [registry, '--again'])).toMatchObject({ code: 0 });
      expect(await far.script(disc('T0008'), [registry])).toMatchObject({ code: 0 });
    });

    it('refuses a sequence of another chain', async () => {
      await far.script(await carrySequence(disc(names[1]), { number: 1, seal: sealOf(9) }), [registry]);
      const env = { SEQMIRROR_SITE_DIR: join(far.home, '.seqmirror/chain-000000000000') };
      const outcome = await far.script(await carrySequence(disc(names[2]), { number: 2, needs: [1] }), [registry], {
        env,
      });
      expect(outcome.code).toBe(5);
      expect(outcome.stderr).toContain('seq1 of this site is not the seq1 that seq2-add-logging needs');
    });

    it('goes back to an older sequence only with --allow-older', async () => {
      for (const number of [1, 2]) {
        await far.script(await carryBundle(disc(`T000${number}`), { number, bundle: `T000${number}` }), [registry]);
      }
      const outcome = await far.script(disc('T0001'), [registry]);
      expect(outcome.code).toBe(5);
      expect(outcome.stderr).toMatch(
        /has seq2-add-logging, .*; this is seq1-baseline\n.*move tags and catalogs back[^]*--allow-older/,
      );
      // Another registry has none of it, or is the same one by another name.
      const other = await far.script(disc('T0001'), ['other.site:5000']);
      expect([other.code, other.stderr]).toEqual([
        5,
        expect.stringMatching(
          /seq1-baseline is older than seq2-add-logging, which this site has seen[^]*--allow-older/,
        ),
      ]);
      expect(await far.script(disc('T0001'), ['other.site:5000', '--allow-older'])).toMatchObject({ code: 0 });
      // The other word for it.
      expect(await far.script(disc('T0001'), [registry, '--roll-back'])).toMatchObject({ code: 0 });
      expect((await far.script(disc('T0001'), [registry])).stdout).toContain('nothing to do');
      expect(await far.script(disc('T0002'), [registry])).toMatchObject({ code: 0 });
      expect((await far.ocMirror.runs()).map(({ files }) => files['mirror_000001.tar'])).toEqual(
        [1, 2, 1, 1, 2].map((number) => `archive of bundle seq${number}\n`),
      );
    });

    it('lets oc-mirror upload archives without the links of others only on top of these', async () => {
      const [first, second, third] = [
        await carrySequence(disc(names[1]), { number: 1 }),
        await carrySequence(disc(names[2]), { number: 2, needs: [1], links: 'added' }),
        await carrySequence(disc(names[3]), { number: 3, needs: [1, 2], links: 'added' }),
      ] as const;
      for (const folder of [first, second, third])
        expect(await far.script(folder, [registry])).toMatchObject({ code: 0 });
      // Back to the second: the tags that the third moved would stay where they are.
      const back = await far.script(second, [registry, '--allow-older']);
      expect(back.code).toBe(5);
      expect(back.stderr).toMatch(/seq2-add-logging cannot be uploaded by oc-mirror now: .* are those of seq3\n/);
      expect(back.stderr).toContain('--engine=enclosed');
      expect(await far.script(first, [registry, '--allow-older'])).toMatchObject({ code: 0 });
      // On to the third, past the second.
      const past = await far.script(third, [registry]);
      expect([past.code, past.stderr.split('\n')[0]]).toEqual([5, expect.stringContaining('are those of seq1')]);
      for (const folder of [second, third])
        expect(await far.script(folder, [registry, '--allow-older'])).toMatchObject({ code: 0 });
      expect((await far.ocMirror.runs()).map(({ files }) => files['mirror_000001.tar'])).toEqual(
        [1, 2, 3, 1, 2, 3].map((number) => `archive of seq${number}\n`),
      );
      expect((await far.script(third, [registry, '--again'])).code).toBe(0);
    });

    it('lets oc-mirror upload a bundle without the links of others only on top of these', async () => {
      for (const number of [1, 2, 3])
        await far.script(await carryBundle(disc(`T000${number}`), { number, bundle: `T000${number}` }), [registry]);
      const next = await carryBundle(disc('T0004'), { number: 4, bundle: 'T0004', needs: [2], links: 'added' });
      expect(await far.script(next, [registry])).toMatchObject({ code: 0, stderr: '' });
      await far.script(disc('T0001'), [registry, '--allow-older']);
      const again = await far.script(next, [registry]);
      expect(again.code).toBe(5);
      expect(again.stderr).toContain('are those of seq1');
    });

    it.each([
      {
        damage: 'a damaged archive',
        harm: (folder: string) => appendFile(join(folder, 'archives/mirror_000001.tar'), 'x'),
        says: 'damaged: archives/mirror_000001.tar',
      },
      {
        damage: 'a lost archive',
        harm: (folder: string) => rm(join(folder, 'archives/mirror_000001.tar')),
        says: 'files of SHA256SUMS are missing: archives/mirror_000001.tar',
      },
      {
        damage: 'an edited configuration',
        harm: (folder: string) => appendFile(join(folder, 'imageset-config.yaml'), '# x\n'),
        says: 'damaged: imageset-config.yaml',
      },
      {
        damage: 'no sums',
        harm: (folder: string) => rm(join(folder, 'SHA256SUMS')),
        says: 'SHA256SUMS is missing',
      },
      {
        damage: 'sums that lead elsewhere',
        harm: (folder: string) => appendFile(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  ../../etc/passwd\n`),
        says: 'SHA256SUMS has a line that is not a sha256 and a path below this folder',
      },
      {
        damage: 'sums that leave out the configuration',
        harm: async (folder: string) => {
          const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
          await writeFile(join(folder, 'SHA256SUMS'), sums.replace(/.*imageset-config.yaml\n/, ''));
        },
        says: 'SHA256SUMS does not list imageset-config.yaml',
      },
      {
        damage: 'a record that leads elsewhere',
        harm: async (folder: string) => {
          const path = join(folder, 'bundle.env');
          await writeFile(path, (await readFile(path, 'utf8')).replace(/config=.*/, 'config=../../x'));
          await sumUp(folder);
        },
        says: 'the imageset configuration that bundle.env names is not beside this script',
      },
      {
        damage: 'a record of a later format',
        harm: async (folder: string) => {
          const path = join(folder, 'bundle.env');
          await writeFile(path, (await readFile(path, 'utf8')).replace('bundle/1', 'bundle/2'));
        },
        says: 'bundle.env has the format seqmirror-bundle/2',
      },
    ])('refuses $damage', async ({ harm, says }) => {
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      await harm(folder);
      const outcome = await far.script(folder, [registry]);
      expect(outcome.stderr).toContain(says);
      expect(outcome.stderr).toMatch(/Why: [^]*Next: /);
      expect(outcome.code).toBe(3);
      expect(await far.ocMirror.runs()).toEqual([]);
    });

    it.each([
      { args: ['--frce'], says: '--frce is not an option' },
      { args: ['a', 'b'], says: 'there are two registries: a and b' },
      { args: ['https://registry.site'], says: 'a registry is named without https://' },
      { args: ['a;b'], says: 'a;b is not host[:port][/namespace]' },
      { args: ['--port=x'], says: '--port=x is not a port' },
      { args: ['--max-nested-paths=1'], says: '--max-nested-paths=1 is not a number from 2 to 20' },
      { args: ['--max-nested-paths', 'two'], says: '--max-nested-paths=two is not a number from 2 to 20' },
      { args: ['--authfile'], says: '--authfile needs a value' },
    ])('refuses $args', async ({ args, says }) => {
      const outcome = await far.script(await carryBundle(disc('T0007'), { number: 1 }), args);
      expect(outcome.code).toBe(2);
      expect(outcome.stderr).toContain(says);
    });

    it('says what to install if nothing can upload', async () => {
      await rm(join(far.bin, 'oc-mirror'));
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      const outcome = await far.script(folder, [registry]);
      expect(outcome.code).toBe(6);
      expect(outcome.stderr).toContain('nothing here can upload: oc-mirror is not installed');
      expect(outcome.stderr).toContain('install oc-mirror 4.18 or later');
      expect(outcome.stderr).toContain('install Node 20.3 or later');
      // What needs neither works without.
      expect(await far.script(folder, ['check'])).toMatchObject({ code: 0 });
    });

    it.each(['18.20.4', '20.2.0'])('has no use for Node %s', async (version) => {
      await rm(join(far.bin, 'oc-mirror'));
      await writeFile(join(far.bin, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      await writeFile(join(folder, 'seqmirror-upload.js'), '');
      const outcome = await far.script(folder, [registry]);
      expect(outcome.code).toBe(6);
      expect(outcome.stderr).toContain(`Node is version ${version}; the enclosed uploader needs 20.3 or later`);
    });

    it('tells oc-mirror how deep paths may be, as the option says or the settings of the site', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      expect(await far.script(folder, [registry, '--max-nested-paths', '3'])).toMatchObject({ code: 0, stderr: '' });
      const settings = join(far.home, '.seqmirror/platform/settings');
      await writeFile(settings, 'max_nested_paths=2\n');
      expect(await far.script(folder, [registry, '--again'])).toMatchObject({ code: 0, stderr: '' });
      expect(await far.script(folder, [registry, '--again', '--max-nested-paths=4'])).toMatchObject({ code: 0 });
      const depths = (await far.ocMirror.runs()).map(({ args }) => args.find((arg) => /nested/.test(arg)));
      expect(depths).toEqual(['--max-nested-paths=3', '--max-nested-paths=2', '--max-nested-paths=4']);
      await writeFile(settings, 'max_nested_paths=1\n');
      const refused = await far.script(folder, [registry, '--again']);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('1 is not a number from 2 to 20') });
    });

    it('uploads with the enclosed uploader if oc-mirror is not installed', async () => {
      await rm(join(far.bin, 'oc-mirror'));
      await symlink(process.execPath, join(far.bin, 'node'));
      const uploader = `
        const { mkdirSync, writeFileSync } = require('node:fs');
        const args = process.argv.slice(2);
        console.error(JSON.stringify({ args, variables: Object.keys(process.env).filter((name) => /AUTH_FILE/.test(name)) }));
        const to = args[args.indexOf('--output') + 1] + '/working-dir/cluster-resources';
        mkdirSync(to, { recursive: true });
        writeFileSync(to + '/itms-oc-mirror.yaml', 'kind: x');`;
      const folder = await carryBundle(disc('a T0007'), { number: 1, files: { 'seqmirror-upload.js': uploader } });
      const args = [registry, '--authfile=/a b.json', '--dest-tls-verify=false', '--max-nested-paths=2'];
      const outcome = await far.script(folder, args, { env: { REGISTRY_AUTH_FILE: '/x' } });
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      const said = /\| (\{.*\})/.exec(outcome.stdout)?.[1] ?? '';
      const work = join(far.home, '.seqmirror/platform/work');
      expect(JSON.parse(said)).toEqual({
        args: [
          ...['--bundle', join(work, 'bundle'), '--registry', registry, '--output', work],
          ...['--expect-seal', sealOf(1), '--expect-sums', await sha256Of(join(folder, 'SHA256SUMS'))],
          ...['--authfile', '/a b.json', '--insecure', '--max-nested-paths', '2'],
        ],
        variables: [],
      });
      expect(outcome.stdout).toContain('oc apply -f itms-oc-mirror.yaml');
      // It needs no cache: what the registry has is enough.
      const next = await carryBundle(disc('T0008'), {
        number: 2,
        needs: [1],
        files: { 'seqmirror-upload.js': uploader },
      });
      expect(await far.script(next, [registry])).toMatchObject({ code: 0 });
      expect(await far.site('platform', 'ledger')).toEqual([
        expect.stringMatching(/ enclosed$/),
        expect.stringMatching(/ enclosed$/),
      ]);
    });

    it.each([
      {
        line: 'reading manifest v4 in localhost:1/x: manifest unknown',
        why: 'the cache or the registry has lost content of an earlier sequence',
      },
      { line: 'unauthorized: authentication required', why: 'refused the credentials' },
      { line: 'tls: failed to verify certificate: x509: unknown authority', why: 'certificate of registry.site' },
      { line: 'write blob: no space left on device', why: 'a disk is full' },
      { line: 'dial tcp: connection refused', why: 'did not answer' },
      { line: 'something new', why: 'its last messages are above' },
    ])('explains an upload that failed: $line', async ({ line, why }) => {
      await far.ocMirror.ends(6, line);
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      const outcome = await far.script(folder, [registry]);
      expect(outcome.code).toBe(8);
      expect(outcome.stderr).toContain('oc-mirror ended with 6 (release, operator, images)');
      expect(outcome.stderr).toContain(why);
      expect(await exists(join(far.home, '.seqmirror/platform/ledger'))).toBe(false);
      await far.ocMirror.ends(0);
      expect(await far.script(folder, [registry])).toMatchObject({ code: 0 });
    });

    it('takes another port when its own was taken meanwhile', async () => {
      await far.ocMirror.ends(1, '55000 is already bound and cannot be used');
      expect(await far.script(await carryBundle(disc('T0007'), { number: 1 }), [registry])).toMatchObject({ code: 8 });
      const ports = (await far.ocMirror.runs()).map(({ args }) => args.find((arg) => arg.startsWith('--port=')));
      expect(new Set(ports).size).toBe(3);
    });

    it('lets one run at a time into a site, and passes over what a killed one left', async () => {
      const folder = await carryBundle(disc('T0007'), { number: 1 });
      const lock = join(far.home, '.seqmirror/platform/lock');
      await mkdir(lock, { recursive: true });
      await writeFile(join(lock, 'pids'), `${process.pid}\n`);
      const outcome = await far.script(folder, [registry]);
      expect(outcome.code).toBe(9);
      expect(outcome.stderr).toContain(`another run is at work in ${join(lock, '..')} (process ${process.pid})`);
      await writeFile(join(lock, 'pids'), '4194303999\n');
      expect(await far.script(folder, [registry])).toMatchObject({ code: 0 });
    });

    it('does not follow a sequence folder that was renamed', async () => {
      const folder = await carrySequence(disc(names[1]), { number: 1 });
      await rename(folder, disc('from sender'));
      const outcome = await far.script(disc('from sender'), [registry]);
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(outcome.stdout).toContain(`Done: seq1-renamed is in ${registry}`);
    });
  });
}
