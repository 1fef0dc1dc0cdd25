/**
 * Evaluates a template, as client-go's jsonpath.go does with missing keys allowed. One difference: a step that does not
 * fit its value (an index into a map) finds nothing, while client-go fails.
 */
import type { Block, Comparison, JsonPath, Operator, Step } from './parse';

const mostValues = 100_000;

/** The text of a template: several values with a blank between them; `undefined` if it leads to too many. */
export function textAt(value: unknown, path: JsonPath): string | undefined {
  try {
    return textOfBlocks(value, path);
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

class TooMany extends Error {}

function textOfBlocks(value: unknown, blocks: readonly Block[]): string {
  const texts = blocks.map((block) => {
    if (block.kind === 'text') return block.text;
    const found = valuesAt([value], block.steps);
    return block.kind === 'path'
      ? found.map(textOf).join(' ')
      : found.map((each) => textOfBlocks(each, block.body)).join('');
  });
  return texts.join('');
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function valuesAt(values: readonly unknown[], steps: readonly Step[]): readonly unknown[] {
  let found = values;
  for (const step of steps) {
    found = next(found, step);
  }
  return found;
}

function next(values: readonly unknown[], step: Step): readonly unknown[] {
  switch (step.kind) {
    case 'literal':
      return typeof step.value === 'string' ? [step.value] : values.map(() => step.value);
    case 'union':
      return collected(step.branches, (branch) => valuesAt(values, branch));
    case 'field':
      return collected(values, (value) => (isMap(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []));
    case 'wildcard':
      return collected(values, childrenOf);
    case 'recursive':
      return collected(values, (value) => containersIn(value));
    case 'slice':
      return collected(values, (value) => (Array.isArray(value) ? sliceOf(value, step) : []));
    case 'filter':
      return collected(values, (value) => (Array.isArray(value) ? value.filter((item) => passes(item, step)) : []));
  }
}

function collected<T>(sources: readonly T[], of: (source: T) => readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  for (const source of sources) {
    for (const value of of(source)) found.push(value);
    if (found.length > mostValues) throw new TooMany();
  }
  return found;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function childrenOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
}

/** The value and all containers in it, parents first. */
function containersIn(value: unknown): readonly unknown[] {
  const children = childrenOf(value);
  return children.length === 0 ? [] : [value, ...collected(children, containersIn)];
}

function sliceOf(
  list: readonly unknown[],
  { from, to = list.length, every }: Extract<Step, { kind: 'slice' }>,
): readonly unknown[] {
  const start = from < 0 ? from + list.length : from;
  const end = to < 0 ? to + list.length : to;
  if (start < 0 || end > list.length) return [];
  return list.slice(start, end).filter((_, index) => index % every === 0);
}

function passes(item: unknown, { left, comparison }: Extract<Step, { kind: 'filter' }>): boolean {
  const lefts = valuesAt([item], left);
  if (comparison === undefined) return lefts.length > 0;
  const rights = valuesAt([item], comparison.right);
  return lefts.length === 1 && rights.length === 1 && holds(lefts[0], rights[0], comparison);
}

function holds(left: unknown, right: unknown, { operator }: Comparison): boolean {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left === 'number' && typeof right === 'number') return isOrdered(left - right, operator);
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  return isOrdered(left < right ? -1 : left > right ? 1 : 0, operator);
}

function isOrdered(order: number, operator: Exclude<Operator, '==' | '!='>): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}
