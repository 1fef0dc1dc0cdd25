import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../system/errors';
import { parsed } from '../source.fixture';
import { unsupportedIn } from './unsupported';

describe('unsupportedIn', () => {
  it('names every entry that needs oc-mirror, or helm if it is not installed, with its place', async () => {
    const document = parsed(`mirror:
  platform:
    graph: true
    channels:
      - name: stable-4.19
    platforms:
      - {os: linux, architecture: arm64}
  operators:
    - catalog: registry.example/index:v4.19
      platforms:
        - {os: linux, architecture: amd64}
    - catalog: oci://index
    - catalog: oci:///srv/index
  helm:
    repositories:
      - name: charts
        url: https://charts.example/
    local:
      - path: /srv/chart.tgz
  samples:
    - name: httpd
  additionalImages:
    - name: registry.example/ubi9/ubi:9.5
    - name: oci:///srv/image
    - name: registry.example/ubi9/ubi:9.4
      platforms:
        - os: linux
          architecture: arm64
    - name: registry.example/lab/working-dir:v1`);
    expect(shown(await unsupportedIn(document, { env: {} }))).toMatchInlineSnapshot(`
      [
        "SEQ0410 9:7 The embedded engine cannot mirror mirror.platform.platforms",
        "SEQ0410 11:7 The embedded engine cannot mirror the operator catalog registry.example/index:v4.19",
        "SEQ0410 14:7 The embedded engine cannot mirror the operator catalog oci://index",
        "SEQ0410 18:9 The embedded engine cannot mirror the helm repository charts without helm",
        "SEQ0410 21:9 The embedded engine cannot mirror the helm chart /srv/chart.tgz without helm",
        "SEQ0410 23:7 The embedded engine cannot mirror the sample httpd",
        "SEQ0410 26:13 The embedded engine cannot mirror oci:///srv/image",
        "SEQ0410 29:9 The embedded engine cannot mirror registry.example/ubi9/ubi:9.4",
        "SEQ0414 31:7 The repository or tag of registry.example/lab/working-dir:v1 contains "working-dir"",
      ]
    `);
  });

  it('finds nothing in a configuration of additional images of every shape', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const document = parsed(`mirror:
  additionalImages:
    - name: registry.example/ubi9/ubi:9.5
    - name: docker://registry.example/ubi9/ubi@${digest}
    - name: registry.example:5000/ubi9/ubi:9.4@${digest}
      targetRepo: lab/ubi
      targetTag: mine`);
    expect(await unsupportedIn(document, { env: {} })).toEqual([]);
  });

  describe('with helm', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'seqmirror-helm-'));
      await writeFile(join(folder, 'helm'), '#!/bin/sh\n', { mode: 0o755 });
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const charts = parsed(`mirror:
  helm:
    repositories:
      - name: charts
        url: https://charts.example/
        charts:
          - name: app
            version: 1.0.0
            imagePaths:
              - "{.spec.image}"
              - "{.spec.image"
          - name: arm
            platforms:
              - os: linux
                architecture: arm64
    local:
      - path: /srv/chart.tgz
        imagePaths:
          - "{image}"`);

    it('leaves to helm what it can render, and refuses unreadable paths and platforms at their places', async () => {
      const findings = await unsupportedIn(charts, { env: { PATH: folder } });
      expect(shown(findings)).toEqual([
        'SEQ0465 13:17 {.spec.image is not a valid JSONPath: a brace is not closed',
        'SEQ0410 16:15 The embedded engine cannot mirror the helm chart arm',
        'SEQ0465 21:13 {image} is not a valid JSONPath: `image` is not a keyword; a field begins with a dot',
      ]);
    });

    it('refuses a helm in the settings that is not a program, or is used in CI, only if there are charts', async () => {
      const helmBinary = join(folder, 'helm');
      const nowhere = join(folder, 'nowhere');
      await expect(unsupportedIn(charts, { helmBinary: nowhere, env: {} })).rejects.toMatchObject({ code: 'SEQ0460' });
      const inCI = { helmBinary, env: { CI: 'true' } };
      await expect(unsupportedIn(charts, inCI)).rejects.toMatchObject({ code: 'SEQ0705' });
      const images = parsed('mirror:\n  additionalImages:\n    - name: registry.example/ubi9/ubi:9.5');
      expect(await unsupportedIn(images, inCI)).toEqual([]);
      const allowed = { helmBinary, env: { CI: 'true', SEQMIRROR_ALLOW_COMMANDS: '1' } };
      expect(await unsupportedIn(charts, allowed)).toHaveLength(3);
    });
  });
});

function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ code, at, what }) => `${code} ${at?.line}:${at?.column} ${what}`);
}
