import { imagesIn } from './rendered-images';

const at = { file: 'imageset-config.yaml', line: 5, column: 9 };

const rendered = `---
# Source: app/crds/crd.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  containers: none of these
---
# Source: app/templates/notes.txt
spec: {containers: [{image: r.example/notes:1}]}
---
# Source: app/templates/deployment.yaml
kind: Deployment
spec:
  template:
    spec:
      initContainers:
      - image: quay.io/app/init:1
      containers:
      - image: docker://quay.io/app/web:1.2
      - image: quay.io/app/sidecar
      - image: "not an image"
      - name: without
      - image: 1.25
---
# Source: app/templates/pod.yaml
kind: Pod
spec:
  containers:
  - image: quay.io/app/web:1.2
  - image: nginx@sha256:${'a'.repeat(64)}
---
# Source: app/templates/cron.yaml
kind: CronJob
spec:
  jobTemplate: {spec: {template: {spec: {containers: [{image: quay.io/app/job:1}]}}}}
---
# Source: app/templates/empty.yaml
`;

describe('imagesIn', () => {
  it('finds images of pods and of what makes pods, each once, and reports what is not an image', () => {
    expect(imagesIn(rendered, { label: 'app', at })).toEqual({
      images: ['quay.io/app/init:1', 'quay.io/app/web:1.2', `nginx@sha256:${'a'.repeat(64)}`],
      passedOver: ['quay.io/app/sidecar', 'not', 'an', 'image', '1.25'],
    });
  });

  it('finds images by paths of the chart', () => {
    const imagePaths = ['{.spec.jobTemplate.spec.template.spec.containers[*].image}'];
    expect(imagesIn(rendered, { label: 'app', at, imagePaths }).images).toContain('quay.io/app/job:1');
  });

  it('refuses a document that is not YAML, with its source', () => {
    const broken = '---\n# Source: app/templates/broken.yaml\nspec: {containers: [\n';
    expect(() => imagesIn(broken, { label: 'app', at })).toThrow(
      expect.objectContaining({ code: 'SEQ0464', at, why: expect.stringContaining('app/templates/broken.yaml') }),
    );
  });
});
