/**
 * File-based catalogs as operator-registry reads them: their content, document by document, in bounded memory. Stands
 * on yaml/ and knows neither images nor selections. Called by ../selection and ../image, and the JSON part by
 * ../bundles.ts.
 */
export type { Requirement } from './bundle-dependencies';
export type { CatalogLimits } from './cut-json';
export { catalogLimits, cutJson } from './cut-json';
export type { ByteRange, CatalogFile, DocumentPlace } from './documents';
export { documentAt, jsonValueOf } from './documents';
export type { JsonObject } from '../../system/json-text';
export { isObject } from '../../system/json-text';
export { field, keyOf, keySpelledTwice } from './go-fields';
export type {
  CatalogBundle,
  CatalogChannel,
  CatalogDeprecations,
  CatalogPackage,
  ChannelEntry,
  DeprecationReference,
  FileBasedCatalog,
  OtherDocument,
} from './read-catalog';
export { readCatalog } from './read-catalog';
