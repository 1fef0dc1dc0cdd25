import { chartFileName, indexFileName } from './working-dir';

describe('names in working-dir', () => {
  it.each([
    ['app', 'v1.2', 'working-dir/helm/charts/app-1.2.0.tgz'],
    ['app', 'v1.2.0', 'working-dir/helm/charts/app-v1.2.0.tgz'],
    ['app', '1.2.3-rc.1+5', 'working-dir/helm/charts/app-1.2.3-rc.1+5.tgz'],
    ['../../etc/cron.d/app', '1.0.0', undefined],
    ['-app', '1.0.0', undefined],
    ['a/b', '1.0.0', undefined],
    ['app', '../1', undefined],
  ])('chart %p of version %p: %p', (name, version, expected) => {
    expect(chartFileName({ name, version })).toBe(expected);
  });

  it.each([
    ['https://charts.example/', 'working-dir/helm/indexes/charts.example/index.yaml'],
    ['http://charts.example:8080/a/b/', 'working-dir/helm/indexes/charts.example:8080/a/b/index.yaml'],
    ['https://charts.example//a/', 'working-dir/helm/indexes/charts.example/a/index.yaml'],
    ['https://charts.example/../../../etc/', undefined],
    ['https://charts.example/a\\b/', undefined],
  ])('index of %p: %p', (url, expected) => {
    expect(indexFileName(url)).toBe(expected);
  });
});
