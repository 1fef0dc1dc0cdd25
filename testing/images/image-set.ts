/** An imageset configuration of these additional images: each a name, or the lines of an entry. */
export function imageSetOf(images: readonly string[], { blocked = [] }: { blocked?: readonly string[] } = {}): string {
  const entries = images.map((image) => (image.startsWith('name: ') ? image : `name: ${image}`));
  return [
    'kind: ImageSetConfiguration',
    'apiVersion: mirror.openshift.io/v2alpha1',
    'mirror:',
    '  additionalImages:',
    ...entries.map((entry) => `    - ${entry.replaceAll('\n', '\n      ')}`),
    ...(blocked.length === 0 ? [] : ['  blockedImages:', ...blocked.map((pattern) => `    - name: ${pattern}`)]),
    '',
  ].join('\n');
}
