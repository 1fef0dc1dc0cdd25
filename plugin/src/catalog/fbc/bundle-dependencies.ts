/**
 * What a bundle needs of other packages and what it offers them, as its properties say it (operator-registry
 * alpha/property). oc-mirror reads none of this, so what is written otherwise is passed over, never refused.
 */
import type { JsonObject } from '../../system/json-text';
import { isObject } from '../../system/json-text';
import { field } from './go-fields';

export type Requirement =
  /** `olm.package.required`: a bundle of this package with a version in this range. */
  | { readonly package: string; readonly range: string }
  /** `olm.gvk.required`: any bundle that offers this API, `group/version/kind`. */
  | { readonly api: string };

export interface BundleDependencies {
  readonly requires: readonly Requirement[];
  /** `olm.gvk`: APIs as `group/version/kind`. */
  readonly offers: readonly string[];
}

const noDependencies: BundleDependencies = { requires: [], offers: [] };

/** @param once gives equal texts back as one */
export function dependenciesIn(properties: readonly JsonObject[], once: (text: string) => string): BundleDependencies {
  const requires: Requirement[] = [];
  const offers: string[] = [];
  const add = (type: unknown, value: unknown, depth: number): void => {
    if (!isObject(value) || depth > deepest) return;
    if (type === 'olm.gvk') offers.push(...apiIn(value).map(once));
    if (type === 'olm.gvk.required') requires.push(...apiIn(value).map((api) => ({ api: once(api) })));
    if (type === 'olm.package.required') requires.push(...packageIn(value, once));
    if (type !== 'olm.constraint') return;
    // A constraint is one of these, or all of a list of constraints; `any`, `not` and `cel` name nothing to bring.
    add('olm.gvk.required', field(value, 'gvk'), depth);
    add('olm.package.required', field(value, 'package'), depth);
    const all = field(value, 'all');
    const constraints = isObject(all) ? field(all, 'constraints') : undefined;
    if (Array.isArray(constraints)) for (const each of constraints) add('olm.constraint', each, depth + 1);
  };
  for (const property of properties) add(field(property, 'type'), field(property, 'value'), 0);
  return requires.length + offers.length === 0 ? noDependencies : { requires, offers };
}

const deepest = 8;

function apiIn(value: JsonObject): string[] {
  const parts = ['group', 'version', 'kind'].map((name) => field(value, name));
  return parts.every((part) => typeof part === 'string' && part !== '') ? [parts.join('/')] : [];
}

function packageIn(value: JsonObject, once: (text: string) => string): Requirement[] {
  const name = field(value, 'packageName');
  const range = field(value, 'versionRange') ?? field(value, 'version');
  return typeof name === 'string' && name !== '' && typeof range === 'string'
    ? [{ package: once(name), range: once(range) }]
    : [];
}
