import { parsed } from '../source.fixture';
import { unsupportedIn } from './unsupported';

describe('unsupportedIn', () => {
  it('names every entry that needs oc-mirror, with its place and what to do', () => {
    const document = parsed(`mirror:
  platform:
    graph: true
    channels:
      - name: stable-4.19
    platforms:
      - {os: linux, architecture: arm64}
  operators:
    - catalog: registry.example/index:v4.19
      packages:
        - name: logging
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
    const shown = unsupportedIn(document).map(({ code, at, what }) => `${code} ${at?.line}:${at?.column} ${what}`);
    expect(shown).toMatchInlineSnapshot(`
      [
        "SEQ0410 5:12 The embedded engine cannot mirror mirror.platform.graph",
        "SEQ0410 9:7 The embedded engine cannot mirror mirror.platform.platforms",
        "SEQ0410 11:7 The embedded engine cannot mirror the operator catalog registry.example/index:v4.19",
        "SEQ0410 16:9 The embedded engine cannot mirror the helm repository charts",
        "SEQ0410 19:9 The embedded engine cannot mirror the helm chart /srv/chart.tgz",
        "SEQ0410 21:7 The embedded engine cannot mirror the sample httpd",
        "SEQ0410 24:13 The embedded engine cannot mirror oci:///srv/image",
        "SEQ0410 27:9 The embedded engine cannot mirror registry.example/ubi9/ubi:9.4",
        "SEQ0414 29:7 registry.example/lab/working-dir:v1 has "working-dir" in its repository or tag",
      ]
    `);
  });

  it('finds nothing in a configuration of additional images of every shape', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const document = parsed(`mirror:
  additionalImages:
    - name: registry.example/ubi9/ubi:9.5
    - name: docker://registry.example/ubi9/ubi@${digest}
    - name: registry.example:5000/ubi9/ubi:9.4@${digest}
      targetRepo: lab/ubi
      targetTag: mine`);
    expect(unsupportedIn(document)).toEqual([]);
  });
});
