/**
 * The JSONPath of kubectl and oc-mirror (k8s.io/client-go/util/jsonpath), which is a template: text, paths in braces,
 * and `range` … `end`. No library implements it: those for the standard know neither the braces nor how several results
 * become text. Called for the images of rendered charts; imports nothing of other rooms.
 */
export { parseJsonPath } from './parse';
export { textAt } from './evaluate';
export type { JsonPath } from './parse';
