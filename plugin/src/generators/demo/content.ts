/** What the demo mirrors: small images with the names of real images, which the registries of the demo have. */

interface DemoSequence {
  readonly folder: string;
  readonly description: string;
  /** The text of imageset-config.yaml. */
  readonly config: string;
}

const head = `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  additionalImages:
    - name: registry.redhat.io/ubi9/ubi:9.5
`;
const operators = `  operators:
    - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.19
      packages:
        - name: web-terminal
`;

export const demoSequences: readonly DemoSequence[] = [
  { folder: 'seq1-baseline', description: 'baseline', config: head },
  { folder: 'seq2-add-web-terminal', description: 'add web terminal', config: `${head}${operators}` },
  {
    folder: 'seq3-add-cluster-logging',
    description: 'add cluster logging',
    config: `${head}${operators}        - name: cluster-logging\n`,
  },
];

/**
 * registries.conf of the demo (containers-registries.conf(5), version 2): a prefix whose location is the upstream, since a
 * host with mirrors would be asked too.
 */
export function registriesConf(upstream: string, site: string): string {
  return `# The demo asks the upstream on this machine for the images of registry.redhat.io.
[[registry]]
prefix = "registry.redhat.io"
location = "${upstream}/registry.redhat.io"
insecure = true

# The registry of the site has no certificate.
[[registry]]
location = "${site}"
insecure = true
`;
}
