import { parseJsonPath, textAt } from './json-path';

const cronJob = {
  kind: 'CronJob',
  metadata: { labels: { 'app.kubernetes.io/name': 'backup' } },
  spec: {
    jobTemplate: {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'a', image: 'r/a:1' },
              { name: 'b', image: 'r/b:2' },
            ],
          },
        },
      },
    },
    sidecars: [
      { name: 'x', image: { repository: 'r/x', tag: 'v1' }, weight: 1 },
      { name: 'y', image: { repository: 'r/y', tag: 'v2' }, weight: 5 },
      { name: 'z' },
    ],
    list: ['zero', 'one', 'two', 'three'],
    nothing: null,
    yes: true,
  },
};

function found(path: string): string | undefined {
  const reading = parseJsonPath(path);
  if (reading.problem !== undefined) throw new Error(reading.problem);
  return textAt(cronJob, reading.path);
}

describe('JSONPath as kubectl has it', () => {
  // Each result as client-go's own jsonpath gives it (kubectl get -o jsonpath).
  it.each([
    ['{.kind}', 'CronJob'],
    ['{$.kind}', 'CronJob'],
    ['{@.kind}', 'CronJob'],
    ['{.spec.jobTemplate.spec.template.spec.containers[*].image}', 'r/a:1 r/b:2'],
    ['{..image}', 'r/a:1 r/b:2 {"repository":"r/x","tag":"v1"} {"repository":"r/y","tag":"v2"}'],
    ['{.spec.jobTemplate..image}', 'r/a:1 r/b:2'],
    ['{.spec.list[0]}', 'zero'],
    ['{.spec.list[-1]}', 'three'],
    ['{.spec.list[-2:]}', 'two three'],
    ['{.spec.list[1:3]}', 'one two'],
    ['{.spec.list[::2]}', 'zero two'],
    ['{.spec.list[0,2]}', 'zero two'],
    ['{.spec.list[:]}', 'zero one two three'],
    ["{.metadata['labels'].*}", 'backup'],
    ["{.metadata.labels['app\\.kubernetes\\.io/name']}", 'backup'],
    ['{.metadata.labels.app\\.kubernetes\\.io/name}', 'backup'],
    ["{['kind', 'metadata.labels.app\\.kubernetes\\.io/name']}", 'CronJob backup'],
    ['{.spec.sidecars[?(@.name=="y")].image.tag}', 'v2'],
    ["{.spec.sidecars[?(@.name!='y')].name}", 'x z'],
    ['{.spec.sidecars[?(@.image)].name}', 'x y'],
    ['{.spec.sidecars[?(@.weight>1)].name}', 'y'],
    ['{.spec.sidecars[?(@.weight<=1)].name}', 'x'],
    ['{.spec.sidecars[0].image.repository}:{.spec.sidecars[0].image.tag}', 'r/x:v1'],
    ['{range .spec.sidecars[?(@.image)]}{.image.repository}:{.image.tag}{" "}{end}', 'r/x:v1 r/y:v2 '],
    ['{range .spec.none[*]}{.image}{end}after', 'after'],
    ['{.spec.nothing}', 'null'],
    ['{.spec.yes}', 'true'],
    ['{.spec.missing.image}', ''],
    ['.spec.image', '.spec.image'],
  ])('%s', (path, expected) => {
    expect(found(path)).toBe(expected);
  });

  it.each(['{.spec.sidecars.image}', '{.spec[0]}', '{.kind[*]}', '{.spec.list[9]}', '{.spec[?(@.a)]}'])(
    'finds nothing if a step does not fit its value: %s',
    (path) => {
      expect(found(path)).toBe('');
    },
  );

  it.each([
    ['{.spec', 'a brace is not closed'],
    ['{.spec.containers[*}', 'a bracket is not closed'],
    ['{image}', '`image` is not a keyword; a field begins with a dot'],
    ['{.a[x]}', "`[x]` is not an index, a range, or a key in '…'"],
    ['{.a["x"]}', '`["x"]` is not an index, a range, or a key in \'…\''],
    ['{.a[::0]}', "`[::0]` is not an index, a range, or a key in '…'"],
    ['{.a[?(@.x=="y")}', 'a filter does not end with `)]`'],
    ['{.a[?(@.x==', 'a filter is not closed'],
    ['{.a[?(@.x=~"y")]}', '`=` is not a comparison'],
    ['{end}', 'there is an {end} without a {range}'],
    ['{....x}', '`..` follows another `..`'],
    ['{"x}', 'a quote is not closed'],
    ['{#}', '`#` is not allowed in braces'],
  ])('refuses %s', (path, problem) => {
    expect(parseJsonPath(path)).toEqual({ problem });
  });

  it('ends if a path would multiply without end', () => {
    const { path = [] } = parseJsonPath(`{${'...*'.repeat(6)}}`);
    let deep: unknown = 1;
    for (let depth = 0; depth < 60; depth += 1) deep = [deep];
    expect(textAt(deep, path)).toBeUndefined();
  });
});
