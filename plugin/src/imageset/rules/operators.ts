import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { carriesCredentials } from '../credentials';
import { uniqueCatalogName } from '../destination';
import { wholeCatalog } from '../lints';
import type { ImageSetConfiguration } from '../schema';
import { entriesTwice } from './entries-twice';
import { referenceProblems } from './reference';
import { targetProblems } from './targets';

const refused = 'oc-mirror refuses the file';

export function* operatorRules(
  { mirror: { operators = [] } }: ImageSetConfiguration,
  positions: Positions,
): Iterable<Finding> {
  const pathOf = (index: number, key: string) => ['mirror', 'operators', index, key];
  yield* entriesTwice(operators, {
    nameOf: uniqueCatalogName,
    describe: (name) => `Catalog ${name}`,
    why: refused,
    at: (index) => positions.at(pathOf(index, 'catalog')),
  });
  for (const [index, operator] of operators.entries()) {
    const { catalog, full = false, packages = [], targetCatalog = '', targetTag = '' } = operator;
    const at = positions.at(pathOf(index, 'catalog'));
    if (!carriesCredentials(catalog)) yield* referenceProblems(catalog, { at, ociLayouts: true, whyVersion: refused });
    if (packages.length === 0) yield wholeCatalog({ at, catalog, full });
    yield* targetProblems({ targetCatalog, targetTag }, (key) => positions.at(pathOf(index, key)));
  }
}
